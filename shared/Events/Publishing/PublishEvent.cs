using System.Text.Json;

using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Events;

/// <summary>What an operator publishes.</summary>
public sealed record PublishedEvent(string EventType, JsonElement Payload, string? AggregateId, string? CorrelationId, string? CausationId, JsonElement? Metadata);

/// <summary>Stores an event on an operator's word; it takes the way of every other one. Whose it is and where it comes from cannot be forged.</summary>
public sealed class PublishEvent(PlatformDbContext db, Caller caller, EventCatalog catalog, AuditTrail audit)
{
    private const string Service = "api";

    /// <summary>Commands would start work, and the events of other families (their names have a dot) webhooks.</summary>
    private static bool IsPublishable(string type) => !type.EndsWith("_command", StringComparison.Ordinal) && !type.Contains('.', StringComparison.Ordinal);

    public async Task<Result<PlatformEvent>> PublishAsync(PublishedEvent published, CancellationToken ct)
    {
        if (catalog.Find(published.EventType) is not { } type)
            return EventErrors.UnknownType(["body", "event_type"], published.EventType);
        if (!IsPublishable(published.EventType))
            return EventErrors.NotPublishable(published.EventType);
        if (EventPayload.ProblemsOf(type, published.Payload) is { Count: > 0 } problems)
            return Error.Invalid([.. problems]);
        if (published.Metadata is { } custom && !EventPayload.IsStorable(custom))
            return EventErrors.UnstorableMetadata;

        var stored = db.Raise(new EventDraft
        {
            EventType = type.EventType,
            Topic = type.Topic,
            Payload = published.Payload.GetRawText(),
            AggregateId = published.AggregateId,
            CorrelationId = published.CorrelationId,
            CausationId = published.CausationId,
            UserId = caller.UserId,
            OrganizationId = caller.OrganizationId,
            ProjectId = caller.ProjectId,
            ServiceName = Service,
            Extra = published.Metadata is { } given ? new() { ["custom"] = given } : null,
        });
        audit.Target("event", stored.EventId);
        audit.Note("event_type", stored.EventType);
        await db.SaveChangesAsync(ct);
        return stored;
    }
}
