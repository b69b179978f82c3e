using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.RegularExpressions;

namespace Platform.UserFunctions;

/// <summary>Limits and rules of the members of requests.</summary>
internal static partial class FunctionForm
{
    public const string NamePattern = "[A-Za-z][A-Za-z0-9_-]{0,63}";
    public const string EntrypointPattern = "(?!/)(?!.*[.]{2})(?!.*//)[A-Za-z0-9_./-]{1,120}";
    public const int MaxFiles = 500;

    /// <summary>Bytes of files in a JSON body.</summary>
    public const int MaxFileBytes = 700 * 1024;

    private const int MaxVariables = 100;
    private const int MaxValueBytes = 32 * 1024;
    private const int MaxEnvironmentBytes = 64 * 1024;
    private const int MaxTags = 20;
    private const int MaxTagKey = 64;
    private const int MaxTagValue = 200;

    public static IEnumerable<ValidationResult> CheckTags(IReadOnlyDictionary<string, string>? tags)
    {
        if (tags is null)
            yield break;
        if (tags.Count > MaxTags)
            yield return new ValidationResult($"A function can have at most {MaxTags} tags", ["Tags"]);
        if (!tags.Keys.All(IsTagKey))
            yield return new ValidationResult($"Keys should begin with a letter or '_' and have at most {MaxTagKey} letters, digits, '_', '.' or '-'", ["Tags"]);
        if (!tags.Values.All(value => value is { Length: <= MaxTagValue } && !value.Any(char.IsControl)))
            yield return new ValidationResult($"Values should have at most {MaxTagValue} characters and no control characters", ["Tags"]);
    }

    /// <param name="environment">Values by name; null takes one away.</param>
    public static IEnumerable<ValidationResult> CheckEnvironment<T>(IReadOnlyDictionary<string, T>? environment)
        where T : class?
    {
        if (environment is null)
            yield break;
        if (environment.Count > MaxVariables)
            yield return new ValidationResult($"A function can have at most {MaxVariables} variables", ["Environment"]);
        if (!environment.Keys.All(VariableName().IsMatch))
            yield return new ValidationResult("Names should have at most 128 letters, digits and '_', not begin with a digit, and not with PLATFORM_", ["Environment"]);
        if (environment.Values.OfType<string>().Any(value => Encoding.UTF8.GetByteCount(value) > MaxValueBytes || value.Contains('\0', StringComparison.Ordinal)))
            yield return new ValidationResult($"Values should have at most {MaxValueBytes} bytes and no NUL", ["Environment"]);
    }

    /// <summary>A refusal of an environment that is too much as a whole.</summary>
    public static Error? CheckWhole(IReadOnlyDictionary<string, string> environment)
    {
        if (environment.Count > MaxVariables)
            return Error.Invalid(Problem.Body("environment", $"A function can have at most {MaxVariables} variables", "value_error"));
        return environment.Sum(pair => (long)Encoding.UTF8.GetByteCount(pair.Key) + Encoding.UTF8.GetByteCount(pair.Value)) > MaxEnvironmentBytes
            ? Error.Invalid(Problem.Body("environment", $"The variables should have at most {MaxEnvironmentBytes} bytes together", "value_error"))
            : null;
    }

    private static bool IsTagKey(string key) =>
        key is { Length: > 0 and <= MaxTagKey } && (char.IsAsciiLetter(key[0]) || key[0] == '_') && key.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or '-');

    [GeneratedRegex("^(?!PLATFORM_)[A-Za-z_][A-Za-z0-9_]{0,127}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();
}
