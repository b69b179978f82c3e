namespace EmbeddedFunctions.ServiceBus;

/// <summary>A message as its receiver sees it. Times are UTC.</summary>
public class ServiceBusReceivedMessage
{
    internal ServiceBusReceivedMessage()
    {
    }

    /// <summary>The payload.</summary>
    public BinaryData Body { get; internal init; } = BinaryData.Empty;

    /// <summary>The sender's id of the message.</summary>
    public string MessageId { get; internal init; } = "";

    /// <summary>The sender's correlation id.</summary>
    public string CorrelationId { get; internal init; } = null!;

    /// <summary>What the message is about; also called label.</summary>
    public string Subject { get; internal init; } = null!;

    /// <summary>The payload's media type.</summary>
    public string ContentType { get; internal init; } = null!;

    /// <summary>The sender's properties; a dead-lettered message has <c>DeadLetterReason</c> and <c>DeadLetterErrorDescription</c> among them.</summary>
    public IReadOnlyDictionary<string, object> ApplicationProperties { get; internal init; } = new Dictionary<string, object>();

    /// <summary>How often the message has been delivered, this time included.</summary>
    public int DeliveryCount { get; internal init; }

    /// <summary>The token of this delivery's lock.</summary>
    public string LockToken { get; internal init; } = "";

    /// <summary>When the lock ends unless it is renewed.</summary>
    public DateTimeOffset LockedUntil { get; internal set; }

    /// <summary>The broker's number of the message, ascending per queue.</summary>
    public long SequenceNumber { get; internal init; }

    /// <summary>The number at the first enqueueing; here the same.</summary>
    public long EnqueuedSequenceNumber { get; internal init; }

    /// <summary>When the message became visible.</summary>
    public DateTimeOffset EnqueuedTime { get; internal init; }

    /// <summary>When the message is to become visible; the default value for at once.</summary>
    public DateTimeOffset ScheduledEnqueueTime { get; internal init; }

    /// <summary>How long the message lives; <see cref="TimeSpan.MaxValue"/> for ever.</summary>
    public TimeSpan TimeToLive { get; internal init; } = TimeSpan.MaxValue;

    /// <summary>When the message is dropped.</summary>
    public DateTimeOffset ExpiresAt { get; internal init; } = DateTimeOffset.MaxValue;

    /// <summary>Why the message was dead-lettered, or null.</summary>
    public string DeadLetterReason { get; internal init; } = null!;

    /// <summary>Details of <see cref="DeadLetterReason"/>, or null.</summary>
    public string DeadLetterErrorDescription { get; internal init; } = null!;

    /// <summary>The queue from which the message was dead-lettered, or null.</summary>
    public string DeadLetterSource { get; internal init; } = null!;

    /// <summary>The message's state.</summary>
    public ServiceBusMessageState State { get; internal init; }

    /// <summary>The address to answer to, or null.</summary>
    public string ReplyTo { get; internal init; } = null!;

    /// <summary>The session, or null.</summary>
    public string SessionId { get; internal init; } = null!;

    /// <summary>The session to answer to, or null.</summary>
    public string ReplyToSessionId { get; internal init; } = null!;

    /// <summary>Whom the message is for, or null.</summary>
    public string To { get; internal init; } = null!;

    /// <summary>The sender's partition key, or null; the embedded broker has no partitions.</summary>
    public string PartitionKey { get; internal init; } = null!;

    /// <summary>The receive that locked the message; several messages have it in common.</summary>
    internal string Delivery { get; init; } = "";

    /// <summary>When the message was received.</summary>
    internal DateTimeOffset ReceivedAt { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{{MessageId:{MessageId}}}";
}
