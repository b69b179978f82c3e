using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;

namespace Platform.Replay;

/// <summary>Finds the stored events that a replay takes, oldest first. Repetitions of earlier replays are never among them.</summary>
public sealed class ReplaySelection(PlatformDbContext db, EventSubscriptions subscriptions)
{
    private const int Page = 32;
    private const int MostCharacters = 4 << 20;

    public IQueryable<PlatformEvent> Matching(ReplayType type, ReplayFilter filter)
    {
        var events = type == ReplayType.Recovery ? Unacknowledged() : Originals();
        if (filter.EventIds is { Count: > 0 } ids)
            events = events.Where(e => ids.Contains(e.EventId));
        if (filter.ExecutionId is { } execution)
            events = OfAggregate(events, execution.ToString());
        if (filter.AggregateId is { } aggregate)
            events = OfAggregate(events, aggregate);
        if (filter.CorrelationId is { } correlation)
            events = events.Where(e => e.CorrelationId == correlation);
        if (filter.EventTypes is { Count: > 0 } types)
            events = events.Where(e => types.Contains(e.EventType));
        if (filter.ExcludeEventTypes is { Count: > 0 } excluded)
            events = events.Where(e => !excluded.Contains(e.EventType));
        return Within(events, filter);
    }

    /// <summary>What a session has not dealt with yet: at most <paramref name="most"/> events and, but for the first, 4 Mi characters.</summary>
    public async Task<List<PlatformEvent>> NextAsync(ReplaySession session, int most, CancellationToken ct)
    {
        var rest = Matching(session.Config.ReplayType, session.Config.Filter).Where(e => e.Sequence <= session.UntilSequence);
        List<PlatformEvent> next = [];
        var (after, characters) = (session.LastSequence, 0);
        while (next.Count < most && characters < MostCharacters)
        {
            var wanted = Math.Min(Page, most - next.Count);
            var from = after;
            var page = await rest.Where(e => e.Sequence > from).OrderBy(e => e.Sequence).Take(wanted).ToListAsync(ct);
            next.AddRange(page);
            if (page.Count < wanted)
                break;
            after = page[^1].Sequence!.Value;
            characters += page.Sum(e => e.Payload.Length);
        }

        return next;
    }

    private static IQueryable<PlatformEvent> OfAggregate(IQueryable<PlatformEvent> events, string aggregateId) => events.Where(e => e.AggregateId == aggregateId);

    private static IQueryable<PlatformEvent> Within(IQueryable<PlatformEvent> events, ReplayFilter filter)
    {
        if (filter.StartTime is { } start)
            events = events.Where(e => e.Timestamp >= start);
        if (filter.EndTime is { } end)
            events = events.Where(e => e.Timestamp <= end);
        if (filter.UserId is { } user)
            events = events.Where(e => e.UserId == user);
        if (filter.ServiceName is { } service)
            events = events.Where(e => e.ServiceName == service);
        return events;
    }

    private IQueryable<PlatformEvent> Originals() => db.Events.AsNoTracking().Where(e => e.Sequence != null && e.ReplayOf == null);

    // What has no aggregate has no offset, so nobody can say whether it was acknowledged.
    private IQueryable<PlatformEvent> Unacknowledged()
    {
        if (subscriptions.Names.Count == 0)
            return Originals().Where(e => e.EventId == Guid.Empty);
        var missed = subscriptions.Names.Select(MissedBy).Aggregate((all, more) => all.Concat(more));
        return Originals().Where(e => missed.Contains(e.RowId));
    }

    private IQueryable<long> MissedBy(string consumer)
    {
        var types = subscriptions.EventTypesOf(consumer);
        return Originals()
            .Where(e => e.AggregateId != null && types.Contains(e.EventType))
            .Where(e => !db.ConsumerOffsets.Any(o => o.Consumer == consumer && o.AggregateId == e.AggregateId && o.Sequence >= e.Sequence))
            .Select(e => e.RowId);
    }
}
