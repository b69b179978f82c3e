using Microsoft.Extensions.Options;

namespace Platform.Events;

/// <summary>Which events go to the topic: those that somebody takes, or all of them (<c>Events:ForwardAll</c>).</summary>
public sealed class ForwardedEvents(EventSubscriptions subscriptions, IEnumerable<IEventAudience> audiences, IOptions<EventOptions> options)
{
    private readonly Dictionary<string, IEventAudience> _audiences = audiences.ToDictionary(audience => audience.Subscription, StringComparer.Ordinal);

    /// <summary>Whether events of the type may have to go.</summary>
    public bool Contains(string eventType) => options.Value.ForwardAll || subscriptions.Handles(eventType);

    /// <summary>Whether an event that would be written now concerns somebody. For what happens so often that it is written only then.</summary>
    public async Task<bool> ConcernAsync(Guid organizationId, string eventType, CancellationToken ct)
    {
        if (options.Value.ForwardAll)
            return true;
        foreach (var name in subscriptions.NamesOf(eventType))
        {
            if (!_audiences.TryGetValue(name, out var audience) || await audience.WaitsAsync(organizationId, eventType, ct))
                return true;
        }

        return false;
    }

    /// <summary>Those that concern somebody, of events whose types <see cref="Contains"/>.</summary>
    internal async Task<IReadOnlyList<ForwardedEvent>> ConcerningAsync(IReadOnlyList<ForwardedEvent> events, CancellationToken ct)
    {
        if (options.Value.ForwardAll || _audiences.Count == 0)
            return events;
        var concerned = new HashSet<ForwardedEvent>(events.Where(e => subscriptions.NamesOf(e.EventType).Any(name => !_audiences.ContainsKey(name))));
        foreach (var (name, audience) in _audiences)
        {
            var open = events.Where(e => e.OrganizationId is not null && !concerned.Contains(e) && subscriptions.NamesOf(e.EventType).Contains(name)).ToList();
            if (open.Count == 0)
                continue;
            var organizations = await audience.AmongAsync([.. open.Select(e => e.OrganizationId!.Value).Distinct()], ct);
            concerned.UnionWith(open.Where(e => organizations.Contains(e.OrganizationId!.Value)));
        }

        return [.. events.Where(concerned.Contains)];
    }
}

/// <summary>A numbered event on its way to the topic.</summary>
internal sealed record ForwardedEvent(long Sequence, string EventType, Guid? OrganizationId, TopicMessage Message);
