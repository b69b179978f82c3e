using System.ComponentModel.DataAnnotations;

namespace Platform.Idempotency;

/// <summary>Section <c>Idempotency</c>.</summary>
public sealed class IdempotencyOptions
{
    public const string Section = "Idempotency";

    [Range(1, 720)]
    public int HttpTtlHours { get; set; } = 24;

    /// <summary>After this a reservation whose work has not ended counts as that of a dead process.</summary>
    [Range(10, 3600)]
    public int ProcessingTimeoutSeconds { get; set; } = 300;
}
