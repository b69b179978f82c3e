using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Platform.Executions;

/// <summary>What a script may be given besides itself.</summary>
internal static partial class ExecutionInputRules
{
    public const int MaxText = 1_048_576;
    public const int MaxArgs = 100;
    public const int MaxEnv = 100;
    public const int MaxFiles = 50;

    private const int MaxArgumentBytes = 65_536;
    private const int MaxValue = 32_768;

    // What the sandbox sets itself, and what would change the interpreter instead of informing the script.
    private static readonly HashSet<string> ReservedNames = new(StringComparer.Ordinal) { "EXECUTION_ID", "OUTPUT_PATH", "HOME", "PATH", "LANG" };

    public static IEnumerable<ValidationResult> Check(IReadOnlyList<string>? args, IReadOnlyDictionary<string, string>? env, IReadOnlyList<InputFile>? files) =>
        [.. CheckArgs(args ?? []), .. CheckEnv(env ?? new Dictionary<string, string>()), .. CheckFiles(files ?? [])];

    private static IEnumerable<ValidationResult> CheckArgs(IReadOnlyList<string> args)
    {
        if (args.Any(a => a is null || a.Contains('\0')))
            yield return Problem("args", "Arguments must be strings without NUL");
        else if (args.Sum(a => a.Length) > MaxArgumentBytes)
            yield return Problem("args", $"Arguments are too long (at most {MaxArgumentBytes} characters together)");
    }

    private static IEnumerable<ValidationResult> CheckEnv(IReadOnlyDictionary<string, string> env)
    {
        foreach (var (name, value) in env)
        {
            if (!VariableName().IsMatch(name) || name.StartsWith("LD_", StringComparison.Ordinal) || ReservedNames.Contains(name))
                yield return Problem("env", "Variable names are letters, digits and underscores, and none that the platform sets itself");
            else if (value is null || value.Length > MaxValue || value.Contains('\0'))
                yield return Problem("env", $"Values are strings of at most {MaxValue} characters without NUL");
        }
    }

    private static IEnumerable<ValidationResult> CheckFiles(IReadOnlyList<InputFile> files)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var size = 0L;
        foreach (var file in files)
        {
            size += (file?.Content?.Length ?? 0) + (file?.ContentBase64?.Length ?? 0);
            if (Refuse(file, seen) is { } message)
                yield return Problem("files", message);
        }

        if (size > MaxText)
            yield return Problem("files", $"Files are too large (at most {MaxText} characters together)");
    }

    private static string? Refuse(InputFile? file, HashSet<string> seen)
    {
        if (file?.Path is not { Length: > 0 and <= 200 } path || !FilePath().IsMatch(path) || path.Split('/').Any(part => part is "." or ".."))
            return "Paths are relative, of letters, digits, dot, underscore and dash, at most 200 characters";
        if (!seen.Add(path) || MainFile().IsMatch(path))
            return "Paths are different from each other and from the script's own file";
        if (file.Content is null == file.ContentBase64 is null)
            return "Exactly one of content and content_base64 is needed";
        return file.ContentBase64 is { } text && !IsBase64(text) ? "content_base64 is not base64" : null;
    }

    private static bool IsBase64(string text) => Convert.TryFromBase64String(text, new byte[(text.Length / 4 * 3) + 3], out _);

    private static ValidationResult Problem(string member, string message) => new(message, [member]);

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,127}$", RegexOptions.NonBacktracking)]
    private static partial Regex VariableName();

    [GeneratedRegex("^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+){0,7}$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex FilePath();

    [GeneratedRegex(@"^main\.[a-z]+$", RegexOptions.NonBacktracking)]
    private static partial Regex MainFile();
}
