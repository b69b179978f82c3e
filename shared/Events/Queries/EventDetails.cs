using Microsoft.EntityFrameworkCore;

using Platform.Audit;
using Platform.Data;

namespace Platform.Events;

/// <summary>An event in short.</summary>
public sealed record EventSummary(Guid EventId, string EventType, DateTimeOffset Timestamp, string? AggregateId);

/// <summary>An event with its relations.</summary>
/// <param name="RelatedEvents">Others of the same correlation, oldest first.</param>
/// <param name="Timeline">Events of the same aggregate in their order.</param>
public sealed record EventDetail(EventView Event, IReadOnlyList<EventSummary> RelatedEvents, IReadOnlyList<EventSummary> Timeline);

/// <summary>Reads an event and what it belongs to, for operators.</summary>
public sealed class EventDetails(PlatformDbContext db, OperatorAccess operators)
{
    private const int MostRelated = 10;
    private const int LongestTimeline = 50;

    public async Task<Result<EventDetail>> ReadAsync(Guid eventId, CancellationToken ct)
    {
        if (await db.Events.AsNoTracking().SingleOrDefaultAsync(e => e.EventId == eventId, ct) is not { } stored)
            return EventErrors.NotFound;
        await operators.NoteAsync("event", eventId, () => Task.FromResult(stored.UserId), ct);
        var related = stored.CorrelationId is { } correlation ? db.Events.Where(e => e.CorrelationId == correlation && e.EventId != eventId) : null;
        var timeline = stored.AggregateId is { } aggregate ? db.Events.Where(e => e.AggregateId == aggregate) : null;
        return new EventDetail(EventView.From(stored), await SummariesAsync(related, MostRelated, ct), await SummariesAsync(timeline, LongestTimeline, ct));
    }

    private static async Task<List<EventSummary>> SummariesAsync(IQueryable<PlatformEvent>? events, int most, CancellationToken ct) => events is null
        ? []
        : await events.Where(e => e.Sequence != null).OrderBy(e => e.Sequence).Take(most)
            .Select(e => new EventSummary(e.EventId, e.EventType, e.Timestamp, e.AggregateId)).ToListAsync(ct);
}
