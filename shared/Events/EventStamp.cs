using System.Reflection;
using System.Text.Json;

using Microsoft.Extensions.Options;

using Platform.Data;
using Platform.Identity;

namespace Platform.Events;

/// <summary>Turns what a service raises into the row that is stored: envelope, provenance, retention.</summary>
public sealed class EventStamp(IOptions<EventOptions> options, TimeProvider clock, string environment)
{
    private static readonly string Version = typeof(EventStamp).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "1.0.0";

    public PlatformEvent Stamp(DomainEvent raised, CallerScope scope, Caller caller)
    {
        var now = Now();
        var draft = new EventDraft
        {
            EventType = raised.EventType,
            Topic = raised.Topic,
            Timestamp = raised.Timestamp,
            AggregateId = raised.AggregateId,
            CorrelationId = raised.CorrelationId,
            CausationId = raised.CausationId?.ToString("D"),
            UserId = raised.OwnerId ?? caller.UserId,
            OrganizationId = raised.OrganizationId ?? caller.OrganizationId,
            ProjectId = raised.ProjectId ?? caller.ProjectId,
            ServiceName = raised.Service,
            Payload = JsonSerializer.Serialize(raised, raised.GetType(), EventJson.Options),
        };
        return Stamp(draft, scope, now);
    }

    public PlatformEvent Stamp(EventDraft draft, CallerScope scope) => Stamp(draft, scope, Now());

    // As the databases keep it: an event that was just stored and the one read back later are the same.
    private DateTimeOffset Now() => UtcMillisecondsConverter.Truncate(clock.GetUtcNow());

    private PlatformEvent Stamp(EventDraft draft, CallerScope scope, DateTimeOffset now)
    {
        var id = draft.EventId ?? Guid.CreateVersion7(now);
        var correlation = draft.CorrelationId ?? scope.CorrelationId ?? id.ToString("D");
        var metadata = new EventMetadata
        {
            ServiceName = draft.ServiceName,
            ServiceVersion = draft.ServiceVersion ?? Version,
            CorrelationId = correlation,
            UserId = draft.UserId,
            IpAddress = scope.IpAddress,
            UserAgent = scope.UserAgent,
            Environment = environment,
            Extra = draft.Extra,
        };
        return new PlatformEvent
        {
            EventId = id,
            EventType = draft.EventType,
            Topic = draft.Topic,
            Timestamp = draft.Timestamp is { } given ? UtcMillisecondsConverter.Truncate(given) : now,
            AggregateId = draft.AggregateId,
            CorrelationId = correlation,
            CausationId = draft.CausationId,
            OrganizationId = draft.OrganizationId,
            ProjectId = draft.ProjectId,
            UserId = draft.UserId,
            ServiceName = draft.ServiceName,
            Metadata = JsonSerializer.Serialize(metadata, JsonColumn.Options),
            Payload = draft.Payload,
            StoredAt = now,
            TtlExpiresAt = now.AddDays(options.Value.RetentionDays),
        };
    }
}
