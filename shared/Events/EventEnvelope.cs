using System.Text.Json;

using Platform.Data;

namespace Platform.Events;

/// <summary>A stored event as it is shown and kept with a dead letter; the sequence is not part of it.</summary>
public sealed record EventEnvelope
{
    public required Guid EventId { get; init; }

    public required string EventType { get; init; }

    public required string EventVersion { get; init; }

    public required DateTimeOffset Timestamp { get; init; }

    public string? AggregateId { get; init; }

    public string? CorrelationId { get; init; }

    public string? CausationId { get; init; }

    public required JsonElement Metadata { get; init; }

    public required JsonElement Payload { get; init; }

    public required DateTimeOffset StoredAt { get; init; }

    public required DateTimeOffset TtlExpiresAt { get; init; }

    public string? Status { get; init; }

    public string? Error { get; init; }

    public static EventEnvelope From(PlatformEvent stored) => new()
    {
        EventId = stored.EventId,
        EventType = stored.EventType,
        EventVersion = stored.EventVersion,
        Timestamp = stored.Timestamp,
        AggregateId = stored.AggregateId,
        CorrelationId = stored.CorrelationId,
        CausationId = stored.CausationId,
        Metadata = JsonSerializer.Deserialize<JsonElement>(stored.Metadata),
        Payload = JsonSerializer.Deserialize<JsonElement>(stored.Payload),
        StoredAt = stored.StoredAt,
        TtlExpiresAt = stored.TtlExpiresAt,
        Status = stored.Status,
        Error = stored.Error,
    };

    public string ToJson() => JsonSerializer.Serialize(this, JsonColumn.Options);
}
