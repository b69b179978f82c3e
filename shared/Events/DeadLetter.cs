using Platform.Data;

namespace Platform.Events;

public enum DeadLetterStatus
{
    Pending,
    Scheduled,
    Retried,
    Discarded,
}

/// <summary>An event that a consumer could not handle (executions.md §2.10): one row per event and topic, updated when it fails again.</summary>
public sealed class DeadLetter : IOptionallyOwned, IOperatorVisible
{
    public required Guid Id { get; init; }

    public required Guid EventId { get; init; }

    public required string OriginalTopic { get; init; }

    public required string EventType { get; init; }

    /// <summary>The full envelope as JSON, so that it outlives the event's retention.</summary>
    public required string Event { get; init; }

    public Guid? UserId { get; init; }

    public Guid? OrganizationId { get; init; }

    /// <summary>The subscription whose handler failed last.</summary>
    public required string Consumer { get; set; }

    public required string Error { get; init; }

    public string? LastError { get; set; }

    public required string ProducerId { get; init; }

    /// <summary>The event's sequence.</summary>
    public required long DlqOffset { get; init; }

    public int DlqPartition { get; init; }

    public int RetryCount { get; set; }

    public DeadLetterStatus Status { get; set; }

    public required DateTimeOffset FailedAt { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset LastUpdated { get; set; }

    public DateTimeOffset? NextRetryAt { get; set; }

    public DateTimeOffset? RetriedAt { get; set; }

    public DateTimeOffset? DiscardedAt { get; set; }

    public string? DiscardReason { get; set; }

    /// <summary>The event failed again after a retry: back to waiting, the retry count is carried over.</summary>
    public void FailAgain(string consumer, string error, DateTimeOffset now)
    {
        Consumer = consumer;
        LastError = error;
        Status = DeadLetterStatus.Pending;
        NextRetryAt = null;
        FailedAt = now;
        LastUpdated = now;
    }
}
