using System.ComponentModel.DataAnnotations;

namespace Platform.DeadLetters;

/// <summary>Section <c>Dlq</c>.</summary>
public sealed class DeadLetterOptions : IValidatableObject
{
    public const string Section = "Dlq";

    /// <summary>How long retried and discarded messages are kept.</summary>
    [Range(1, 365)]
    public int RetentionDays { get; set; } = 7;

    /// <summary>How long a message may wait before it is discarded.</summary>
    [Range(1, 365)]
    public int MaxAgeDays { get; set; } = 7;

    /// <summary>Waiting messages from which on the health is degraded.</summary>
    [Range(1, 1_000_000)]
    public int WarningThreshold { get; set; } = 100;

    /// <summary>Waiting messages from which on the component is unhealthy.</summary>
    [Range(1, 1_000_000)]
    public int CriticalThreshold { get; set; } = 1000;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (CriticalThreshold < WarningThreshold)
            yield return new ValidationResult($"{Section}:{nameof(CriticalThreshold)} must not be less than {nameof(WarningThreshold)}.", [nameof(CriticalThreshold)]);
    }
}
