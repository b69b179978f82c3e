using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Platform.UserFunctions;

/// <summary>Names errors of one kind: SHA-256 of type, message without its numbers and ids, and the first line of the stack that is the function's own.</summary>
internal static partial class ErrorFingerprint
{
    private const string CodeFolder = "/function/";

    public static string Of(InvocationError error)
    {
        var frame = error.Stack?.Split('\n').FirstOrDefault(line => line.Contains(CodeFolder, StringComparison.Ordinal))?.Trim();
        var text = $"{error.Type}\n{Varying().Replace(error.Message, "#")}\n{Varying().Replace(frame ?? "", "#")}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    [GeneratedRegex("[0-9a-fA-F]{8,}(-[0-9a-fA-F]{4,})*|[0-9]+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Varying();
}
