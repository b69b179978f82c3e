using System.Linq.Expressions;
using System.Text.Json;

namespace Platform.Events.Aggregation;

/// <summary>An event as documents are made of: the large members only where the pipeline reads them.</summary>
internal sealed record EventDocument(
    Guid EventId,
    string EventType,
    string EventVersion,
    DateTimeOffset Timestamp,
    string? AggregateId,
    string? CorrelationId,
    string? CausationId,
    string? Metadata,
    string? Payload,
    DateTimeOffset StoredAt,
    DateTimeOffset TtlExpiresAt,
    string? Status,
    string? Error)
{
    public static Expression<Func<PlatformEvent, EventDocument>> Projection(PipelineScope scope)
    {
        var (metadata, payload) = (scope.Reads("metadata"), scope.Reads("payload"));
        return e => new EventDocument(
            e.EventId, e.EventType, e.EventVersion, e.Timestamp, e.AggregateId, e.CorrelationId, e.CausationId, metadata ? e.Metadata : null, payload ? e.Payload : null,
            e.StoredAt, e.TtlExpiresAt, e.Status, e.Error);
    }

    /// <summary>The members of the envelope that the pipeline reads, and <c>_id</c>, which is the event's id.</summary>
    public Document ToDocument(PipelineScope scope) => new(Members().Where(member => scope.Reads(member.Name)).Select(member => KeyValuePair.Create(member.Name, member.Value())));

    private IEnumerable<(string Name, Func<object?> Value)> Members() =>
    [
        ("_id", () => EventId.ToString()),
        ("event_id", () => EventId.ToString()),
        ("event_type", () => EventType),
        ("event_version", () => EventVersion),
        ("timestamp", () => Timestamp),
        ("aggregate_id", () => AggregateId),
        ("correlation_id", () => CorrelationId),
        ("causation_id", () => CausationId),
        ("metadata", () => Parse(Metadata)),
        ("payload", () => Parse(Payload)),
        ("stored_at", () => StoredAt),
        ("ttl_expires_at", () => TtlExpiresAt),
        ("status", () => Status),
        ("error", () => Error),
    ];

    private static object? Parse(string? json)
    {
        using var parsed = JsonDocument.Parse(json ?? "{}");
        return Values.FromJson(parsed.RootElement);
    }
}
