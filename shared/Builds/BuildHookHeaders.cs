using System.Text.RegularExpressions;

namespace Platform.Builds;

/// <summary>What a hook may say in the headers of its requests.</summary>
internal static partial class BuildHookHeaders
{
    private const int Most = 20;
    private const int MaxValue = 2048;
    private static readonly string[] Own = ["host", "transfer-encoding", "connection", "user-agent"];
    private static readonly string[] OwnPrefixes = ["content-", "webhook-", "x-platform-"];

    public static bool AreAllowed(IReadOnlyDictionary<string, string> headers) => headers.Count <= Most
        && headers.Keys.Distinct(StringComparer.OrdinalIgnoreCase).Count() == headers.Count
        && headers.All(header => IsName(header.Key) && header.Value is { Length: <= MaxValue } value && value.All(letter => letter is >= ' ' and <= '~'));

    private static bool IsName(string name) => Name().IsMatch(name) && !Own.Contains(name, StringComparer.OrdinalIgnoreCase)
        && !OwnPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"\A[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}\z")]
    private static partial Regex Name();
}
