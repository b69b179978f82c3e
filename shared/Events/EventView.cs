using System.Linq.Expressions;

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
    internal static readonly Expression<Func<PlatformEvent, EventView>> Projection = stored => new EventView(
        stored.EventId, stored.EventType, stored.EventVersion, stored.Timestamp, stored.AggregateId, stored.CorrelationId, stored.CausationId,
        new StoredJson(stored.Metadata), new StoredJson(stored.Payload), stored.StoredAt);

    private static readonly Func<PlatformEvent, EventView> Project = Projection.Compile();

    public static EventView From(PlatformEvent stored) => Project(stored);

    internal static int LengthOf(EventView view) => view.Payload.Text.Length + view.Metadata.Text.Length;
}
