using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Platform.DeadLetters;

/// <summary>Filter of <c>GET /dlq/messages</c>.</summary>
public sealed record DeadLetterFilter
{
    /// <summary>Messages in this state only.</summary>
    public DeadLetterStatus? Status { get; init; }

    /// <summary>Messages of this topic only.</summary>
    [StringLength(128)]
    public string? Topic { get; init; }

    /// <summary>Messages with events of this type only.</summary>
    [StringLength(128)]
    public string? EventType { get; init; }

    /// <summary>Size of the page.</summary>
    [Range(1, 1000)]
    public int Limit { get; init; } = 50;

    /// <summary>Matches before the page.</summary>
    [Range(0, int.MaxValue)]
    public int Offset { get; init; }
}

/// <summary>A page of dead letters, newest failure first.</summary>
public sealed record DeadLetterList(IReadOnlyList<DeadLetterView> Messages, long Total, int Offset, int Limit);

/// <summary>A dead letter without its event.</summary>
public sealed record DeadLetterView(
    Guid EventId,
    string EventType,
    string OriginalTopic,
    string Error,
    int RetryCount,
    DateTimeOffset FailedAt,
    DeadLetterStatus Status,
    double AgeSeconds,
    DeadLetterDetails Details);

public sealed record DeadLetterDetails(string ProducerId, long DlqOffset, int DlqPartition, string? LastError, DateTimeOffset? NextRetryAt);

/// <summary>A dead letter with all that is known of it; <c>event</c> is the envelope as it failed.</summary>
public sealed record DeadLetterRecord
{
    public required Guid EventId { get; init; }

    public required JsonElement Event { get; init; }

    public required string EventType { get; init; }

    public required string OriginalTopic { get; init; }

    /// <summary>Who could not handle it.</summary>
    public required string Consumer { get; init; }

    public required string Error { get; init; }

    public required string? LastError { get; init; }

    public required string ProducerId { get; init; }

    public required long DlqOffset { get; init; }

    public required int DlqPartition { get; init; }

    public required int RetryCount { get; init; }

    public required DeadLetterStatus Status { get; init; }

    public required DateTimeOffset FailedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset LastUpdated { get; init; }

    public required DateTimeOffset? NextRetryAt { get; init; }

    public required DateTimeOffset? RetriedAt { get; init; }

    public required DateTimeOffset? DiscardedAt { get; init; }

    public required string? DiscardReason { get; init; }

    public required double AgeSeconds { get; init; }

    public static DeadLetterRecord From(DeadLetter letter, DateTimeOffset now) => new()
    {
        EventId = letter.EventId,
        Event = JsonSerializer.Deserialize<JsonElement>(letter.Event),
        EventType = letter.EventType,
        OriginalTopic = letter.OriginalTopic,
        Consumer = letter.Consumer,
        Error = letter.Error,
        LastError = letter.LastError,
        ProducerId = letter.ProducerId,
        DlqOffset = letter.DlqOffset,
        DlqPartition = letter.DlqPartition,
        RetryCount = letter.RetryCount,
        Status = letter.Status,
        FailedAt = letter.FailedAt,
        CreatedAt = letter.CreatedAt,
        LastUpdated = letter.LastUpdated,
        NextRetryAt = letter.NextRetryAt,
        RetriedAt = letter.RetriedAt,
        DiscardedAt = letter.DiscardedAt,
        DiscardReason = letter.DiscardReason,
        AgeSeconds = Ages.Between(letter.FailedAt, now),
    };
}

/// <summary>Totals of the dead letters that the caller may see; the largest ten of topics and event types.</summary>
public sealed record DeadLetterStatistics(
    IReadOnlyDictionary<string, int> ByStatus, IReadOnlyList<TopicCount> ByTopic, IReadOnlyList<EventTypeCount> ByEventType, AgeStatistics AgeStats, DateTimeOffset Timestamp);

public sealed record TopicCount(string Topic, int Count, double AvgRetryCount);

public sealed record EventTypeCount(string EventType, int Count);

/// <summary>Ages in seconds; all 0 when there is no message.</summary>
public sealed record AgeStatistics(double MinAge, double MaxAge, double AvgAge);

/// <summary>The dead letters of one topic.</summary>
public sealed record TopicSummary(
    string Topic,
    int TotalMessages,
    IReadOnlyDictionary<string, int> StatusBreakdown,
    DateTimeOffset OldestMessage,
    DateTimeOffset NewestMessage,
    double AvgRetryCount,
    int MaxRetryCount);
