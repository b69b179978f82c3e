namespace EmbeddedFunctions.Hosting;

/// <summary>A message to be sent. Application properties are strings, booleans, numbers, <see cref="Guid"/>, <see cref="DateTime"/>, <see cref="DateTimeOffset"/>, <see cref="TimeSpan"/> or <see cref="Uri"/>.</summary>
public sealed record OutgoingMessage(ReadOnlyMemory<byte> Body)
{
    /// <summary>The sender's id; the broker makes one when it is null. Where duplicate detection is on, the second message of an id is dropped.</summary>
    public string? MessageId { get; init; }

    /// <summary>The sender's correlation id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>What the message is about.</summary>
    public string? Subject { get; init; }

    /// <summary>The body's media type.</summary>
    public string? ContentType { get; init; }

    /// <summary>The session: receivers with sessions get its messages in order, one at a time.</summary>
    public string? SessionId { get; init; }

    /// <summary>The address to answer to.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>The session to answer to.</summary>
    public string? ReplyToSessionId { get; init; }

    /// <summary>Whom the message is for; the broker only filters by it.</summary>
    public string? To { get; init; }

    /// <summary>Kept for the receiver; the embedded broker has no partitions.</summary>
    public string? PartitionKey { get; init; }

    /// <summary>Properties of the message.</summary>
    public IReadOnlyDictionary<string, object>? ApplicationProperties { get; init; }

    /// <summary>When the message becomes visible; null for at once.</summary>
    public DateTimeOffset? ScheduledEnqueueTime { get; init; }

    /// <summary>How long the message lives after that; null for as long as its queue or topic allows.</summary>
    public TimeSpan? TimeToLive { get; init; }
}
