using System.Text.Json;

using Platform.Data;

namespace Platform.Events;

/// <summary>
/// What is sent to the topic: which event there is, not the event itself, so that a message stays small whatever a script printed. Consumers read the store.
/// </summary>
public sealed record EventNotice(Guid EventId, string EventType, string? AggregateId)
{
    public const string Topic = "platform-events";

    /// <summary>Set when a dead letter is put back: only this subscription handles it, whatever came after it.</summary>
    public string? RedeliverTo { get; init; }

    public static EventNotice Parse(string body) => JsonSerializer.Deserialize<EventNotice>(body, JsonColumn.Options)!;

    public TopicMessage ToMessage(string id, long? sequence, string? correlationId)
    {
        var properties = new Dictionary<string, object> { ["event_type"] = EventType };
        if (sequence is { } number)
            properties["sequence"] = number;
        if (AggregateId is { } aggregate)
            properties["aggregate_id"] = aggregate;
        return new TopicMessage(id, EventType, JsonSerializer.Serialize(this, JsonColumn.Options)) { CorrelationId = correlationId, Properties = properties };
    }
}
