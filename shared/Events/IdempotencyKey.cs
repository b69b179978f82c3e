using Platform.Data;

namespace Platform.Events;

public enum IdempotencyStatus
{
    Processing,
    Completed,
    Failed,
    Expired,
}

/// <summary>
/// A reservation: whoever inserts the key does the work (executions.md §2.9). Requests use <c>http:…</c> with a fingerprint of the body and the stored answer,
/// consumers <c>idempotency:{subscription}:{event type}:{event id}</c>.
/// </summary>
[PlatformScoped]
public sealed class IdempotencyKey
{
    public required string Key { get; init; }

    public IdempotencyStatus Status { get; set; }

    /// <summary>SHA-256 of the canonical request body, hex.</summary>
    public string? Fingerprint { get; set; }

    public int? StatusCode { get; set; }

    /// <summary>The stored answer, at most 1 MiB.</summary>
    public string? Result { get; set; }

    public string? Error { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? CompletedAt { get; set; }

    public double? ProcessingDurationMs { get; set; }

    public required DateTimeOffset ExpiresAt { get; set; }
}
