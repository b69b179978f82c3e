using System.Collections.Frozen;

namespace Platform.Events;

/// <summary>All subscriptions of the application, looked up per event.</summary>
public sealed class EventSubscriptions(IEnumerable<EventSubscription> all)
{
    private readonly FrozenDictionary<(string Subscription, string EventType), EventSubscription[]> _byType = all
        .SelectMany(s => s.EventTypes.Select(type => (Key: (s.Subscription, type), Value: s)))
        .GroupBy(p => p.Key, p => p.Value)
        .ToFrozenDictionary(g => g.Key, g => g.ToArray());

    private readonly FrozenDictionary<string, FrozenSet<string>> _takers = all
        .SelectMany(s => s.EventTypes.Select(type => (Type: type, s.Subscription)))
        .GroupBy(p => p.Type, p => p.Subscription, StringComparer.Ordinal)
        .ToFrozenDictionary(g => g.Key, g => g.ToFrozenSet(StringComparer.Ordinal), StringComparer.Ordinal);

    /// <summary>Every type that some subscription takes.</summary>
    public IReadOnlyCollection<string> EventTypes => _takers.Keys;

    /// <summary>Whether any subscription takes the type.</summary>
    public bool Handles(string eventType) => _takers.ContainsKey(eventType);

    /// <summary>The subscriptions that take the type.</summary>
    public IReadOnlySet<string> NamesOf(string eventType) => _takers.GetValueOrDefault(eventType) ?? FrozenSet<string>.Empty;

    /// <summary>The names of all subscriptions.</summary>
    public IReadOnlyCollection<string> Names { get; } = all.Select(s => s.Subscription).ToFrozenSet(StringComparer.Ordinal);

    public IReadOnlyList<string> EventTypesOf(string subscription) =>
        [.. _byType.Keys.Where(k => k.Subscription == subscription).Select(k => k.EventType)];

    public IReadOnlyList<EventSubscription> Find(string subscription, string eventType) => _byType.GetValueOrDefault((subscription, eventType)) ?? [];
}
