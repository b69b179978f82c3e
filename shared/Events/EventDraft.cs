using System.Text.Json;

namespace Platform.Events;

/// <summary>An event that does not come from a <see cref="DomainEvent"/>: published through the API or replayed. Its payload was checked against <see cref="EventCatalog"/>.</summary>
public sealed record EventDraft
{
    /// <summary>Null = a new one.</summary>
    public Guid? EventId { get; init; }

    public required string EventType { get; init; }

    public required string Topic { get; init; }

    /// <summary>JSON object.</summary>
    public required string Payload { get; init; }

    /// <summary>Null = now.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    public string? AggregateId { get; init; }

    public string? CorrelationId { get; init; }

    public string? CausationId { get; init; }

    public Guid? UserId { get; init; }

    public Guid? OrganizationId { get; init; }

    public Guid? ProjectId { get; init; }

    public string ServiceName { get; init; } = "platform";

    /// <summary>Null = this application's.</summary>
    public string? ServiceVersion { get; init; }

    /// <summary>The event that is replayed.</summary>
    public Guid? ReplayOf { get; init; }

    /// <summary>Further metadata keys.</summary>
    public Dictionary<string, JsonElement>? Extra { get; init; }
}
