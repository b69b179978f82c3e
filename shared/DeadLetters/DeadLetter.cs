using System.Linq.Expressions;
using System.Text.Json;

using Platform.Data;
using Platform.Events;

namespace Platform.DeadLetters;

public enum DeadLetterStatus
{
    /// <summary>Waits for a person.</summary>
    Pending,

    /// <summary>Waits for <see cref="DeadLetter.NextRetryAt"/>.</summary>
    Scheduled,

    /// <summary>Put back on its way; final unless the consumer fails again.</summary>
    Retried,
    Discarded,
}

/// <summary>An event that a consumer could not handle (executions.md §2.10): one row per event, topic and consumer, updated when it fails again.</summary>
public sealed class DeadLetter : IOptionallyOwned, IOperatorVisible
{
    /// <summary>Not final: a retry or a person may still change it.</summary>
    public static readonly Expression<Func<DeadLetter, bool>> IsWaiting = letter => letter.Status == DeadLetterStatus.Pending || letter.Status == DeadLetterStatus.Scheduled;

    /// <summary>What the event's owner is told: an exception's own words may speak of the platform's insides.</summary>
    public static string ErrorFor(string consumer) => $"{consumer} could not handle the event";

    public required Guid Id { get; init; }

    public required Guid EventId { get; init; }

    public required string OriginalTopic { get; init; }

    public required string EventType { get; init; }

    /// <summary>The full envelope as JSON, so that it outlives the event's retention.</summary>
    public required string Event { get; init; }

    public Guid? UserId { get; init; }

    public Guid? OrganizationId { get; init; }

    /// <summary>The subscription whose handler failed; a retry goes to no other.</summary>
    public required string Consumer { get; init; }

    /// <summary>Of the first failure.</summary>
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
    public void FailAgain(string error, DateTimeOffset now)
    {
        LastError = error;
        Status = DeadLetterStatus.Pending;
        NextRetryAt = null;
        FailedAt = now;
        LastUpdated = now;
    }

    /// <summary>
    /// What a failed event comes to by itself: a further retry, the end after the last one, or, with the manual strategy, nothing until a person acts.
    /// </summary>
    /// <param name="policy">That is in force for its topic.</param>
    /// <param name="jitter">Between -1 and 1.</param>
    /// <param name="now">The time of the failure.</param>
    public void Follow(DeadLetterPolicy policy, double jitter, DateTimeOffset now)
    {
        if (Status != DeadLetterStatus.Pending || policy.Strategy == RetryStrategy.Manual)
            return;
        if (RetryCount >= policy.MaxRetries)
        {
            (Status, DiscardedAt, DiscardReason) = (DeadLetterStatus.Discarded, now, DiscardReasons.MaxRetries);
            return;
        }

        (Status, NextRetryAt) = (DeadLetterStatus.Scheduled, policy.NextRetry(RetryCount, jitter, now));
    }

    /// <summary>The event as it was, for when it is no longer in the store.</summary>
    internal PlatformEvent ToEvent()
    {
        var kept = JsonSerializer.Deserialize<EventEnvelope>(Event, JsonColumn.Options)!;
        return new PlatformEvent
        {
            EventId = EventId,
            EventType = EventType,
            EventVersion = kept.EventVersion,
            Topic = OriginalTopic,
            Timestamp = kept.Timestamp,
            AggregateId = kept.AggregateId,
            CorrelationId = kept.CorrelationId,
            CausationId = kept.CausationId,
            OrganizationId = OrganizationId,
            UserId = UserId,
            ServiceName = ProducerId,
            Metadata = kept.Metadata.GetRawText(),
            Payload = kept.Payload.GetRawText(),
            StoredAt = kept.StoredAt,
            TtlExpiresAt = kept.TtlExpiresAt,
        };
    }
}

/// <summary>The words of executions.md §2.10.</summary>
public static class DiscardReasons
{
    public const string MaxRetries = "max_retries_exceeded";
    public const string Expired = "expired";

    public static string Manual(string reason) => $"manual: {reason}";
}
