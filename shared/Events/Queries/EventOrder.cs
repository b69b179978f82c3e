using System.Linq.Expressions;

namespace Platform.Events;

public enum EventSortKey
{
    Timestamp,
    EventType,
    AggregateId,
    CorrelationId,
    StoredAt,
}

/// <summary>What a list is sorted by. Rows with the same key follow in an order that an index gives and that ends with the row's id, so that pages never overlap.</summary>
public sealed record EventOrder(EventSortKey Key, bool Descending)
{
    public static EventOrder NewestFirst { get; } = new(EventSortKey.Timestamp, Descending: true);

    public static EventOrder OldestFirst { get; } = new(EventSortKey.Timestamp, Descending: false);

    internal IQueryable<PlatformEvent> Apply(IQueryable<PlatformEvent> events) => Key switch
    {
        EventSortKey.EventType => Then(Then(By(events, e => e.EventType), e => e.Timestamp), e => e.RowId),
        EventSortKey.AggregateId => Then(Then(By(events, e => e.AggregateId), e => e.Sequence), e => e.RowId),
        EventSortKey.CorrelationId => Then(Then(By(events, e => e.CorrelationId), e => e.Sequence), e => e.RowId),
        EventSortKey.StoredAt => Then(By(events, e => e.StoredAt), e => e.RowId),
        _ => Then(By(events, e => e.Timestamp), e => e.RowId),
    };

    private IOrderedQueryable<PlatformEvent> By<T>(IQueryable<PlatformEvent> events, Expression<Func<PlatformEvent, T>> key) =>
        Descending ? events.OrderByDescending(key) : events.OrderBy(key);

    private IOrderedQueryable<PlatformEvent> Then<T>(IOrderedQueryable<PlatformEvent> events, Expression<Func<PlatformEvent, T>> key) =>
        Descending ? events.ThenByDescending(key) : events.ThenBy(key);
}
