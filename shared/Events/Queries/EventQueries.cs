using Microsoft.EntityFrameworkCore;

using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Events;

/// <summary>Lists and reads events as the caller may see them.</summary>
public sealed class EventQueries(PlatformDbContext db, Caller caller, EventVisibility visibility, EventPages pages, OperatorAccess operators, DatabaseSettings settings)
{
    private const int MostAggregates = 1000;
    private const string SystemServices = "system-";

    /// <summary>Searches the caller's own events, or with the id of an aggregate of his all that happened to it; operators search everybody's.</summary>
    public async Task<Result<EventPage<PlatformEvent>>> SearchAsync(EventFilter filter, EventOrder order, int skip, int limit, CancellationToken ct)
    {
        if (filter.UserId is { } user && user != caller.UserId && !caller.IsOperator)
            return EventErrors.ForeignUser;

        var isOwner = !caller.IsOperator && await visibility.OwnsAsync(filter.AggregateId, ct);
        if (!caller.IsOperator && !isOwner)
            filter = filter with { UserId = caller.UserId };
        var events = SearchRoot.For(db.Events, filter, settings.IsSqlite);
        var matching = filter.Apply(isOwner ? EventVisibility.OfEverybody(events) : events);
        return await pages.ReadAsync(matching, order.Apply(matching), skip, limit, ct);
    }

    /// <summary>The caller's own in the order of time, for operators too.</summary>
    public Task<Result<EventPage<EventView>>> ListOwnAsync(EventFilter filter, bool descending, int skip, int limit, CancellationToken ct)
    {
        var me = caller.UserId!.Value;
        if (filter.EventTypes.Count == 0)
        {
            var own = new OwnEvents(me, filter.From ?? DateTimeOffset.MinValue, filter.To ?? DateTimeOffset.MaxValue);
            return pages.ReadAsync(db.ListOwn(own, descending, skip, limit), EventView.LengthOf, bound => db.CountOwnAsync(own, bound), skip, limit, ct);
        }

        filter = filter with { UserId = me };
        var matching = filter.Apply(SearchRoot.For(db.Events, filter, settings.IsSqlite));
        var ordered = (descending ? EventOrder.NewestFirst : EventOrder.OldestFirst).Apply(matching);
        return pages.ReadAsync(ordered.Skip(skip).Take(limit).Select(EventView.Projection).AsAsyncEnumerable(), EventView.LengthOf, bound => matching.LongCountAsync(bound), skip, limit, ct);
    }

    /// <summary>All that happened to an aggregate, oldest first. The caller has been found to be one who may know.</summary>
    public Task<Result<EventPage<PlatformEvent>>> ListOfAggregateAsync(string aggregateId, bool withSystemEvents, int skip, int limit, CancellationToken ct)
    {
        var matching = EventVisibility.OfEverybody(db.Events).Where(e => e.AggregateId == aggregateId && e.Sequence != null);
        if (!withSystemEvents)
            matching = matching.Where(e => !e.ServiceName.StartsWith(SystemServices));
        return pages.ReadAsync(matching, matching.OrderBy(e => e.Sequence), skip, limit, ct);
    }

    /// <summary>What one request or chain of requests caused, oldest first.</summary>
    /// <param name="allUsers">For operators: not only their own.</param>
    public async Task<Result<EventPage<PlatformEvent>>> ListOfCorrelationAsync(string correlationId, bool allUsers, int limit, CancellationToken ct)
    {
        var matching = db.Events.Where(e => e.CorrelationId == correlationId && e.Sequence != null);
        if (!caller.IsOperator)
            matching = await WithOwnedAggregatesAsync(matching, ct);
        else if (!allUsers)
            matching = matching.Where(e => e.UserId == caller.UserId);
        return await pages.ReadAsync(matching, matching.OrderBy(e => e.Sequence), skip: 0, limit, ct);
    }

    public async Task<Result<EventView>> GetAsync(Guid eventId, CancellationToken ct)
    {
        if (await FindAsync(eventId, ct) is not { } stored)
            return EventErrors.NotFound;
        await operators.NoteAsync("event", eventId, () => Task.FromResult(stored.UserId), ct);
        return visibility.Show(stored);
    }

    private async Task<PlatformEvent?> FindAsync(Guid eventId, CancellationToken ct)
    {
        if (await db.Events.AsNoTracking().SingleOrDefaultAsync(e => e.EventId == eventId, ct) is { } own)
            return own;
        var foreign = caller.IsOperator ? null : await EventVisibility.OfEverybody(db.Events).AsNoTracking().SingleOrDefaultAsync(e => e.EventId == eventId, ct);
        return foreign is not null && await visibility.OwnsAsync(foreign.AggregateId, ct) ? foreign : null;
    }

    private async Task<IQueryable<PlatformEvent>> WithOwnedAggregatesAsync(IQueryable<PlatformEvent> own, CancellationToken ct)
    {
        var (me, organization) = (caller.UserId, visibility.BoundTo);
        var all = EventVisibility.OfEverybody(own);
        var aggregates = await all.Where(e => e.UserId != me && e.AggregateId != null).Select(e => e.AggregateId!).Distinct().Order().Take(MostAggregates).ToListAsync(ct);
        var owned = await visibility.OwnedAsync(aggregates, ct);
        if (owned.Count == 0)
            return own;
        return all.Where(e => owned.Contains(e.AggregateId!) || (e.UserId == me && (organization == null || e.OrganizationId == organization)));
    }
}
