using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Settings;

namespace Platform.Executions;

/// <summary>Shows operators the queue of all tenants.</summary>
public sealed class QueueQueries(PlatformDbContext db, SystemSettingsStore settings)
{
    public async Task<Result<QueuePage>> ListAsync(QueueFilter filter, CancellationToken ct)
    {
        var active = await db.Executions.CountAsync(e => e.HoldsSlot, ct);
        var bands = await db.Executions.Where(ExecutionReads.WaitsForSlot).GroupBy(e => e.Band).Select(band => new { band.Key, Count = band.Count() }).ToDictionaryAsync(band => band.Key, band => band.Count, ct);
        var waiting = bands.Values.Sum();
        var page = await PageAsync(filter, ct);

        var first = filter.Offset + 1 - (filter.State == QueueState.Waiting ? 0 : active);
        return new QueuePage(
            [.. page.Select((entry, index) => entry.Position is null ? entry : entry with { Position = first + index })],
            Enum.GetValues<ExecutionPriority>().ToDictionary(EnumWords<ExecutionPriority>.ToWord, priority => bands.GetValueOrDefault(priority.Band())),
            active,
            waiting,
            (await settings.GetAsync(ct)).ExecutionLimits.MaxConcurrentExecutions,
            filter.State switch { QueueState.Active => active, QueueState.Waiting => waiting, _ => active + waiting },
            filter.Limit,
            filter.Offset);
    }

    private Task<List<QueueEntry>> PageAsync(QueueFilter filter, CancellationToken ct)
    {
        var holders = db.Executions.Where(e => e.HoldsSlot);
        var waiting = db.Executions.Where(ExecutionReads.WaitsForSlot);
        var chosen = filter.State switch
        {
            QueueState.Active => holders,
            QueueState.Waiting => waiting,
            _ => db.Executions.Where(e => e.HoldsSlot || (e.Status == ExecutionStatus.Queued && e.CancelRequestedAt == null)),
        };
        return chosen.OrderByDescending(e => e.HoldsSlot).ThenBy(e => e.HoldsSlot ? 0 : e.Band).ThenBy(e => e.CreatedAt).ThenBy(e => e.Id).Skip(filter.Offset).Take(filter.Limit)
            .Select(e => new QueueEntry(
                e.Id, e.UserId, e.OrganizationId, e.Lang, e.LangVersion, e.Status, e.Priority, e.Band, e.HoldsSlot ? null : 0, e.StartAttempts, e.CreatedAt, e.StartedAt))
            .ToListAsync(ct);
    }
}
