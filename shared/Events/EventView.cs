namespace Platform.Events;

/// <summary>A stored event as its owner and operators see it.</summary>
public sealed record EventView(
    Guid EventId,
    string EventType,
    string EventVersion,
    DateTimeOffset Timestamp,
    string? AggregateId,
    string? CorrelationId,
    string? CausationId,
    StoredJson Metadata,
    StoredJson Payload,
    DateTimeOffset StoredAt)
{
    public static EventView From(PlatformEvent stored) => new(
        stored.EventId, stored.EventType, stored.EventVersion, stored.Timestamp, stored.AggregateId, stored.CorrelationId, stored.CausationId,
        new StoredJson(stored.Metadata), new StoredJson(stored.Payload), stored.StoredAt);
}
