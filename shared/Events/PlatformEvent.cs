using System.Text.Json;

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

using Platform.Data;

namespace Platform.Events;

/// <summary>
/// A stored event (envelope of executions.md §2.5). Never changed once stored, but for the sequence that the relay assigns and the processing outcome.
/// Readers order and page by <see cref="Sequence"/>, never by <see cref="RowId"/>: rows become visible in the order of their commits, not of their ids.
/// </summary>
public sealed class PlatformEvent : IOptionallyOwned, IOperatorVisible
{
    public long RowId { get; private set; }

    public required Guid EventId { get; init; }

    /// <summary>Store-wide and strictly increasing in the order of visibility; null until the relay has numbered the committed event (PostgreSQL only).</summary>
    public long? Sequence { get; private set; }

    public required string EventType { get; init; }

    public string EventVersion { get; init; } = "1.0";

    public required string Topic { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    public string? AggregateId { get; init; }

    public string? CorrelationId { get; init; }

    public string? CausationId { get; init; }

    public Guid? OrganizationId { get; init; }

    public Guid? ProjectId { get; init; }

    public Guid? UserId { get; init; }

    /// <summary>Copy of <c>metadata.service_name</c>, for queries.</summary>
    public required string ServiceName { get; init; }

    /// <summary>JSON object; see <see cref="EventMetadata"/>.</summary>
    public required string Metadata { get; init; }

    /// <summary>JSON object, typed per event type.</summary>
    public required string Payload { get; init; }

    /// <summary>The event that this one repeats; null for an original. A repetition is never replayed itself.</summary>
    public Guid? ReplayOf { get; init; }

    public required DateTimeOffset StoredAt { get; init; }

    public required DateTimeOffset TtlExpiresAt { get; init; }

    public string? Status { get; private set; }

    public string? Error { get; private set; }

    public EventMetadata ReadMetadata() => JsonSerializer.Deserialize<EventMetadata>(Metadata, JsonColumn.Options)!;

    /// <summary>Whether the event is news for a consumer with effects: a replayed one is history for all but the consumer that the replay names.</summary>
    public bool IsNewsFor(string service) => ReplayOf is null || ReplayProvenance.TargetOf(ReadMetadata()) == service;

    public T ReadPayload<T>() => JsonSerializer.Deserialize<T>(Payload, JsonColumn.Options)!;

    internal void Number(long sequence) => Sequence = sequence;

    public void SetOutcome(string status, string? error) => (Status, Error) = (status, error);

    internal static void CheckImmutable(EntityEntry entry)
    {
        if (entry.State != EntityState.Modified)
            return;
        foreach (var property in entry.Properties)
        {
            if (property.IsModified && property.Metadata.Name is not (nameof(Sequence) or nameof(Status) or nameof(Error)))
                throw new InvalidOperationException($"A stored event does not change: {property.Metadata.Name}");
        }
    }
}
