using System.Collections.Frozen;

namespace Platform.Events;

/// <summary>All subscriptions of the application, looked up per event.</summary>
public sealed class EventSubscriptions(IEnumerable<EventSubscription> all)
{
    private readonly FrozenDictionary<(string Subscription, string EventType), EventSubscription[]> _byType = all
        .SelectMany(s => s.EventTypes.Select(type => (Key: (s.Subscription, type), Value: s)))
        .GroupBy(p => p.Key, p => p.Value)
        .ToFrozenDictionary(g => g.Key, g => g.ToArray());

    /// <summary>Every event type that somebody handles.</summary>
    public IReadOnlyList<string> EventTypes { get; } = [.. all.SelectMany(s => s.EventTypes).Distinct(StringComparer.Ordinal)];

    public IReadOnlyList<string> EventTypesOf(string subscription) =>
        [.. _byType.Keys.Where(k => k.Subscription == subscription).Select(k => k.EventType)];

    public IReadOnlyList<EventSubscription> Find(string subscription, string eventType) => _byType.GetValueOrDefault((subscription, eventType)) ?? [];
}
