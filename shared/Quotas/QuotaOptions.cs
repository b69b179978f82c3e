using System.ComponentModel.DataAnnotations;

namespace Platform.Quotas;

/// <summary>Section <c>Quota</c>: what every user, project and organization may use in a UTC day, unless an operator has set something else.</summary>
public sealed class QuotaOptions : IValidatableObject
{
    public const string Section = "Quota";

    public DailyLimits User { get; init; } = new();

    public DailyLimits Project { get; init; } = new();

    public DailyLimits Organization { get; init; } = new();

    /// <summary>Percentage of a limit from which on its subject is warned.</summary>
    [Range(1, 100)]
    public int SoftPercent { get; init; } = 80;

    /// <summary>How long the use of a day is kept.</summary>
    [Range(1, 3650)]
    public int RetentionDays { get; init; } = 400;

    public DailyLimits Of(SubjectKind kind) => kind switch
    {
        SubjectKind.User => User,
        SubjectKind.Project => Project,
        _ => Organization,
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var kind in Enum.GetValues<SubjectKind>())
        {
            var limits = Of(kind);
            if (limits.ExecutionsPerDay < 0 || limits.CpuSecondsPerDay < 0 || limits.MemoryMbSecondsPerDay < 0)
                yield return new ValidationResult($"{Section}:{kind}: a limit is 0 or more; without one it is unlimited", [kind.ToString()]);
        }
    }
}

/// <summary>Limits of a UTC day; null is unlimited.</summary>
public sealed class DailyLimits
{
    public long? ExecutionsPerDay { get; init; }

    public long? CpuSecondsPerDay { get; init; }

    public long? MemoryMbSecondsPerDay { get; init; }

    public bool Any => (ExecutionsPerDay ?? CpuSecondsPerDay ?? MemoryMbSecondsPerDay) is not null;
}
