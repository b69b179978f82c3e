namespace Platform.Events;

/// <summary>Which events are searched; what is absent does not matter, times are inclusive.</summary>
public sealed record EventFilter
{
    public IReadOnlyList<string> EventTypes { get; init; } = [];

    public string? AggregateId { get; init; }

    public string? CorrelationId { get; init; }

    public Guid? UserId { get; init; }

    public string? ServiceName { get; init; }

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    /// <summary>Words that must all occur in type, aggregate id or payload, in any case.</summary>
    public string? Search { get; init; }

    /// <summary>Everything but <see cref="Search"/>, which <see cref="SearchRoot"/> looks for.</summary>
    internal IQueryable<PlatformEvent> Apply(IQueryable<PlatformEvent> events)
    {
        if (EventTypes is [var only])
            events = events.Where(e => e.EventType == only);
        else if (EventTypes.Count > 1)
            events = events.Where(e => EventTypes.Contains(e.EventType));
        if (AggregateId is { } aggregate)
            events = events.Where(e => e.AggregateId == aggregate);
        if (CorrelationId is { } correlation)
            events = events.Where(e => e.CorrelationId == correlation);
        if (UserId is { } user)
            events = events.Where(e => e.UserId == user);
        if (ServiceName is { } service)
            events = events.Where(e => e.ServiceName == service);
        if (From is { } from)
            events = events.Where(e => e.Timestamp >= from);
        if (To is { } to)
            events = events.Where(e => e.Timestamp <= to);
        return events;
    }
}
