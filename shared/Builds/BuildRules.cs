using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Platform.Builds;

/// <summary>Forms of the members of requests about builds.</summary>
internal static partial class BuildRules
{
    public const int MaxCommand = 8000;
    public const int MaxVariables = 50;
    public const int MaxValue = 32 * 1024;
    public const int MaxLabels = 20;
    public const string CommitSha = "[0-9a-fA-F]{7,64}";

    private const int MaxLabelKey = 64;
    private const int MaxLabelValue = 256;
    private const string Reserved = "PLATFORM_";

    /// <summary>Git's rules for the name of a branch or tag, and no leading minus.</summary>
    public static bool IsRef(string? name) => name is { Length: > 0 and <= 255 } && name[0] is not ('-' or '/' or '.') && name[^1] is not ('/' or '.') && name != "@"
        && !name.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter) || letter is '~' or '^' or ':' or '?' or '*' or '[' or '\\')
        && !name.Contains("..", StringComparison.Ordinal) && !name.Contains("@{", StringComparison.Ordinal) && !name.Contains("//", StringComparison.Ordinal)
        && !name.Contains("/.", StringComparison.Ordinal) && !name.Split('/').Any(part => part.EndsWith(".lock", StringComparison.Ordinal));

    /// <summary>A path that stays below where it begins.</summary>
    public static bool IsRelative(string? path) => path is { Length: > 0 and <= 500 } && path[0] != '/' && !path.Contains('\\', StringComparison.Ordinal)
        && !path.Any(char.IsControl) && !path.Split('/').Contains("..");

    public static IEnumerable<ValidationResult> CheckVariables(IReadOnlyDictionary<string, string>? variables, string member)
    {
        if (variables is null)
            yield break;
        if (variables.Count > MaxVariables)
            yield return new ValidationResult($"There should be at most {MaxVariables} variables", [member]);
        if (!variables.Keys.All(name => Variable().IsMatch(name) && !name.StartsWith(Reserved, StringComparison.Ordinal)))
            yield return new ValidationResult($"Names should be letters, digits and '_', not begin with a digit or '{Reserved}', and have at most 128 characters", [member]);
        if (!variables.Values.All(value => value is { Length: <= MaxValue } && !value.Contains('\0', StringComparison.Ordinal)))
            yield return new ValidationResult($"Values should have at most {MaxValue} characters", [member]);
    }

    public static IEnumerable<ValidationResult> CheckLabels(IReadOnlyDictionary<string, string>? labels)
    {
        if (labels is null)
            yield break;
        if (labels.Count > MaxLabels)
            yield return new ValidationResult($"A build can have at most {MaxLabels} labels", ["Labels"]);
        if (!labels.Keys.All(key => key is { Length: > 0 and <= MaxLabelKey } && !key.Any(char.IsControl)))
            yield return new ValidationResult($"Keys should have 1 to {MaxLabelKey} characters", ["Labels"]);
        if (!labels.Values.All(value => value is { Length: <= MaxLabelValue } && !value.Any(char.IsControl)))
            yield return new ValidationResult($"Values should have at most {MaxLabelValue} characters", ["Labels"]);
    }

    public static IEnumerable<ValidationResult> CheckGlobs(IReadOnlyList<string>? globs, string member)
    {
        if (globs?.All(IsRelative) == false)
            yield return new ValidationResult("Patterns should be relative, have at most 500 characters and not contain '..'", [member]);
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,127}\z")]
    private static partial Regex Variable();
}

/// <summary>A path below where it begins: relative, with forward slashes, without <c>..</c>, at most 500 characters.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class RelativePathAttribute() : ValidationAttribute("Path should be relative, with forward slashes and without '..'")
{
    public override bool IsValid(object? value) => value is null || (value is string path && BuildRules.IsRelative(path));
}

/// <summary>The name of a branch or tag.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class GitRefAttribute() : ValidationAttribute("Value should be the name of a branch or tag")
{
    public override bool IsValid(object? value) => value is null || (value is string name && BuildRules.IsRef(name));
}
