using Platform.Events;

namespace Platform.DeadLetters;

/// <summary>Something happened to a dead letter; kept with its topic.</summary>
public abstract record DeadLetterEvent(Guid DlqEventId, string OriginalTopic, string OriginalEventType, int RetryCount, string? ProducerId) : DomainEvent
{
    public const string TopicName = "dlq_events";

    public override string Topic => TopicName;

    public override string? AggregateId => OriginalTopic;

    public override string Service => "dlq-service";
}

public sealed record DeadLetterReceived(Guid DlqEventId, string OriginalTopic, string OriginalEventType, string Error, int RetryCount, string? ProducerId)
    : DeadLetterEvent(DlqEventId, OriginalTopic, OriginalEventType, RetryCount, ProducerId)
{
    public override string EventType => "dlq_message_received";
}

public sealed record DeadLetterRetried(Guid DlqEventId, string OriginalTopic, string OriginalEventType, int RetryCount, string? ProducerId)
    : DeadLetterEvent(DlqEventId, OriginalTopic, OriginalEventType, RetryCount, ProducerId)
{
    public override string EventType => "dlq_message_retried";
}

public sealed record DeadLetterDiscarded(Guid DlqEventId, string OriginalTopic, string OriginalEventType, string Reason, int RetryCount, string? ProducerId)
    : DeadLetterEvent(DlqEventId, OriginalTopic, OriginalEventType, RetryCount, ProducerId)
{
    public override string EventType => "dlq_message_discarded";
}
