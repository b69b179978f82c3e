using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;

using Platform.Audit;
using Platform.Data;

namespace Platform.Events;

/// <summary>The matches of an export in their order, newest first; the events themselves are read as they are written.</summary>
public sealed record ExportedEvents(IReadOnlyList<long> RowIds, DateTimeOffset ExportedAt);

/// <summary>Reads many events for a file, in portions, so that neither memory nor a connection is held as long as a slow client reads.</summary>
public sealed class EventExport(PlatformDbContext db, AuditTrail audit, TimeProvider clock)
{
    public const int MaxEvents = 50_000;

    /// <summary>Decides what is exported, and stores that it was asked for.</summary>
    public Task<Result<ExportedEvents>> BeginAsync(EventFilter filter, int limit, CancellationToken ct) => db.ReadWithinAsync<ExportedEvents>(
        EventPages.LongestSearch, EventErrors.TooSlow, clock, async bound =>
        {
            var rows = await EventOrder.NewestFirst.Apply(filter.Apply(db.Events)).Select(e => e.RowId).Take(limit).ToListAsync(bound);
            audit.Note("rows", rows.Count);
            await db.SaveChangesAsync(bound);
            return new ExportedEvents(rows, clock.GetUtcNow());
        }, ct);

    /// <summary>The chosen events in their order, without those that were deleted meanwhile.</summary>
    /// <param name="portion">How many are in memory at a time.</param>
    public async IAsyncEnumerable<T> ReadAsync<T>(ExportedEvents exported, int portion, Expression<Func<PlatformEvent, T>> form, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var ids in exported.RowIds.Chunk(portion))
        {
            foreach (var stored in await EventOrder.NewestFirst.Apply(db.Events.AsNoTracking().Where(e => ids.Contains(e.RowId))).Select(form).ToListAsync(ct))
                yield return stored;
        }
    }
}
