using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Platform.DeadLetters;

namespace Platform.Functions.DeadLetters;

/// <summary>Body of <c>POST /dlq/retry</c>.</summary>
public sealed record RetryBatch([property: Required, MinLength(1), MaxLength(RetryBatch.MaxIds)] IReadOnlyList<string> EventIds) : IValidatableObject
{
    private const int MaxIds = 100;
    private const int LongestId = 64;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (EventIds.Any(id => id.Length > LongestId))
            yield return new ValidationResult($"Ids should have at most {LongestId} characters", [nameof(EventIds)]);
    }
}

/// <summary>What came of a batch of retries.</summary>
public sealed record RetryOutcome(int Total, int Successful, int Failed, IReadOnlyList<RetryDetail> Details);

/// <summary>What came of one retry; <paramref name="Status"/> is <c>success</c> or <c>failed</c>.</summary>
public sealed record RetryDetail(
    string EventId, string Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error)
{
    public static RetryDetail Of(string id, Error? refusal) => new(id, refusal is null ? "success" : "failed", refusal?.Message);
}

/// <summary>Body of <c>POST /dlq/retry-policy</c>.</summary>
public sealed record RetryPolicyBody : IValidatableObject
{
    [Required, StringLength(128, MinimumLength = 1)]
    public string Topic { get; init; } = "";

    [Required]
    public RetryStrategy? Strategy { get; init; }

    [Range(0, 100)]
    public int MaxRetries { get; init; } = 5;

    [Range(0d, 86_400d)]
    public double BaseDelaySeconds { get; init; } = 60;

    /// <summary>At least the base delay.</summary>
    public double MaxDelaySeconds { get; init; } = 3600;

    /// <summary>Of the exponential strategy: each delay is so many times the one before.</summary>
    [Range(1d, 10d)]
    public double RetryMultiplier { get; init; } = 2;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxDelaySeconds < BaseDelaySeconds)
            yield return new ValidationResult("Input should be greater than or equal to base_delay_seconds", [nameof(MaxDelaySeconds)]);
    }

    public DeadLetterPolicy ToPolicy() => new(Strategy!.Value, MaxRetries, BaseDelaySeconds, MaxDelaySeconds, RetryMultiplier);
}

/// <summary>Query of <c>DELETE /dlq/messages/{eventId}</c>.</summary>
public sealed record DiscardQuery
{
    /// <summary>Why nobody needs the message any more; kept with it.</summary>
    [Required, StringLength(500, MinimumLength = 1)]
    public string Reason { get; init; } = "";
}

/// <summary>An answer of one sentence.</summary>
public sealed record DeadLetterMessage(string Message);
