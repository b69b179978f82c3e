using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Data;

namespace Platform.Replay;

/// <summary>Removes sessions that have ended, with their files.</summary>
public sealed class ReplayCleanup(PlatformDbContext db, ReplayFiles files, ReplayControl control, AuditTrail audit, IOptions<ReplayOptions> options, TimeProvider clock)
{
    private const int Batch = 100;

    public async Task<ReplayCleaned> CleanAsync(int olderThanHours, CancellationToken ct)
    {
        var removed = await RemoveAsync(clock.GetUtcNow().AddHours(-olderThanHours), ct);
        audit.Note("removed_sessions", removed);
        return new ReplayCleaned(removed, $"Removed {removed} old sessions");
    }

    /// <summary>What is over is removed when its retention is; what nobody started or resumed in that time is cancelled first.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow().AddDays(-options.Value.RetentionDays);
        var idle = await db.ReplaySessions.Where(s => (s.Status == ReplayStatus.Created || s.Status == ReplayStatus.Paused) && s.CreatedAt < before).Select(s => s.Id).ToListAsync(ct);
        foreach (var id in idle)
            await control.CancelAsync(id, ct);
        await RemoveAsync(before, ct);
    }

    private async Task<int> RemoveAsync(DateTimeOffset before, CancellationToken ct)
    {
        var removed = 0;
        List<Guid> batch;
        do
        {
            batch = await Old(before).OrderBy(s => s.CreatedAt).Select(s => s.Id).Take(Batch).ToListAsync(ct);
            foreach (var id in batch)
                removed += await RemoveAsync(id, ct);
        }
        while (batch.Count == Batch);
        return removed;
    }

    // Files first: what is left after a crash is found again by its row.
    private async Task<int> RemoveAsync(Guid id, CancellationToken ct)
    {
        await files.DeleteAsync(id, ct);
        return await db.InTransactionAsync(() => db.ReplaySessions.Where(s => s.Id == id).ExecuteDeleteAsync(ct), ct);
    }

    private IQueryable<ReplaySession> Old(DateTimeOffset before) => db.ReplaySessions.Where(s => ReplayStates.Ended.Contains(s.Status) && s.CreatedAt < before);
}
