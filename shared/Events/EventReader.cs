using Microsoft.EntityFrameworkCore;

using Platform.Data;

namespace Platform.Events;

/// <summary>
/// Reads the store in the order of <c>sequence</c>, so that a reader who remembers the last one misses nothing. Sees what the unit of work's caller may see.
/// </summary>
public sealed class EventReader(PlatformDbContext db)
{
    public Task<List<PlatformEvent>> ReadAfterAsync(string aggregateId, long afterSequence, int limit, CancellationToken ct) =>
        db.Events.AsNoTracking()
            .Where(e => e.AggregateId == aggregateId && e.Sequence > afterSequence)
            .OrderBy(e => e.Sequence)
            .Take(limit)
            .ToListAsync(ct);

    /// <summary>All events after a sequence, e.g. for a fan-out to many streams.</summary>
    public Task<List<PlatformEvent>> ReadAfterAsync(long afterSequence, int limit, CancellationToken ct) =>
        db.Events.AsNoTracking().Where(e => e.Sequence > afterSequence).OrderBy(e => e.Sequence).Take(limit).ToListAsync(ct);
}
