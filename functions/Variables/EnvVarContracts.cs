using System.ComponentModel.DataAnnotations;
using System.Text;
using Platform.Variables;

namespace Platform.Functions.Variables;

/// <summary>The environments in which a variable holds.</summary>
public enum EnvTarget
{
    Production,
    Preview,
    Development,
}

/// <summary>What reads a variable.</summary>
public enum EnvScope
{
    Builds,
    Functions,

    /// <summary>Scripts of tests; only on variables that the family <c>checks</c> made, which are read-only here.</summary>
    Tests,
}

/// <summary>One environment variable to be set.</summary>
public record EnvVarBody : IValidatableObject
{
    private const int MaxValueBytes = 32 * 1024;

    /// <summary>Name in the environment; not beginning with <c>PLATFORM_</c>.</summary>
    [RegularExpression("(?!PLATFORM_)[A-Za-z_][A-Za-z0-9_]{0,127}")]
    public string? Key { get; init; }

    /// <summary>Up to 32 KiB; may be empty.</summary>
    public string? Value { get; init; }

    /// <summary>Absent: all.</summary>
    [Length(1, 3)]
    public IReadOnlyList<EnvTarget>? Targets { get; init; }

    /// <summary>Absent: builds and functions.</summary>
    [Length(1, 2)]
    public IReadOnlyList<EnvScope>? Scopes { get; init; }

    /// <summary>Whether the value is never shown again.</summary>
    public bool Sensitive { get; init; } = true;

    /// <summary>What it is for.</summary>
    [StringLength(500)]
    [PlainText]
    public string? Description { get; init => field = value?.Trim(); }

    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Problems();

    internal IEnumerable<ValidationResult> Problems()
    {
        if (Key is null)
            yield return new ValidationResult("Should be given", [nameof(Key)]);
        if (Value is null)
            yield return new ValidationResult("Should be given", [nameof(Value)]);
        else if (Encoding.UTF8.GetByteCount(Value) > MaxValueBytes)
            yield return new ValidationResult("Should have at most 32768 bytes", [nameof(Value)]);
        else if (Value.Contains('\0', StringComparison.Ordinal))
            yield return new ValidationResult("Should have no NUL, which no environment can hold", [nameof(Value)]);
        if (Scopes?.Contains(EnvScope.Tests) == true)
            yield return new ValidationResult("Variables for tests are set where tests are", [nameof(Scopes)]);
    }

    internal RuntimeVariableDraft ToDraft() => new(Key!, Value!)
    {
        Targets = EnvWords.Of(Targets ?? Enum.GetValues<EnvTarget>()),
        Scopes = EnvWords.Of(Scopes ?? Enum.GetValues<EnvScope>()),
        Sensitive = Sensitive,
        Description = Description is { Length: > 0 } text ? text : null,
    };
}

/// <summary>Body of <c>POST /api/settings/env-vars</c>: one variable, or several in <c>variables</c>.</summary>
public sealed record EnvVarsBody : EnvVarBody
{
    /// <summary>Several variables instead of one: all are set or none.</summary>
    [Length(1, 100)]
    public IReadOnlyList<EnvVarBody>? Variables { get; init; }

    /// <summary>The project whose variables they are; absent: the active one.</summary>
    public string? ProjectId { get; init; }

    /// <summary>Whether variables with the same key and a common target are replaced.</summary>
    public bool Upsert { get; init; }

    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Variables is null)
            return Problems();
        if (Key is not null || Value is not null)
            return [new ValidationResult("Either key and value or variables should be given", [nameof(Variables)])];
        return IsAmbiguous() ? [new ValidationResult("Should give a key once for each target", [nameof(Variables)])] : [];
    }

    internal IReadOnlyList<RuntimeVariableDraft> ToDrafts() => Variables is null ? [ToDraft()] : [.. Variables.Select(variable => variable.ToDraft())];

    private bool IsAmbiguous() => Variables!
        .SelectMany(variable => EnvWords.Each(EnvWords.Of(variable.Targets ?? Enum.GetValues<EnvTarget>())).Select(target => (variable.Key, target)))
        .GroupBy(place => place).Any(group => group.Skip(1).Any());
}

/// <summary>Query of <c>GET /api/settings/env-vars</c>.</summary>
public sealed record EnvVarQuery
{
    /// <summary>The project; absent: the active one; <c>all</c>: every project of the organization.</summary>
    public string? ProjectId { get; init; }

    /// <summary>Any of these.</summary>
    public IReadOnlyList<EnvTarget> Target { get; init; } = [];

    /// <summary>Any of these.</summary>
    public IReadOnlyList<EnvScope> Scope { get; init; } = [];

    /// <summary>A part of the key.</summary>
    [StringLength(128)]
    public string? Search { get; init; }

    /// <summary>Size of the page.</summary>
    [Range(1, 200)]
    public int Limit { get; init; } = 50;

    /// <summary>Matches before the page.</summary>
    [Range(0, int.MaxValue)]
    public int Offset { get; init; }

    internal RuntimeVariableFilter ToFilter(Guid? project) => new()
    {
        ProjectId = project,
        Targets = EnvWords.Of(Target),
        Scopes = EnvWords.Of(Scope),
        Tests = Scope.Contains(EnvScope.Tests),
        Search = Search,
    };
}

/// <summary>Words of this API for the flags of the domain.</summary>
internal static class EnvWords
{
    public static VariableTargets Of(IEnumerable<EnvTarget> targets) => targets.Aggregate(VariableTargets.None, (all, target) => all | (VariableTargets)(1 << (int)target));

    /// <summary>Without <see cref="EnvScope.Tests"/>, which is an audience of its own.</summary>
    public static VariableScopes Of(IEnumerable<EnvScope> scopes) =>
        scopes.Where(scope => scope != EnvScope.Tests).Aggregate(VariableScopes.None, (all, scope) => all | (VariableScopes)(1 << (int)scope));

    public static IEnumerable<EnvTarget> Each(VariableTargets targets) => Enum.GetValues<EnvTarget>().Where(target => targets.HasFlag(Of([target])));

    public static IEnumerable<EnvScope> Each(VariableScopes scopes) => Enum.GetValues<EnvScope>().Where(scope => scope != EnvScope.Tests && scopes.HasFlag(Of([scope])));
}
