using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Settings;
using Platform.Workflows;

namespace Platform.Executions;

/// <summary>
/// The queue of executions.md §2.6: bands by priority, first come first served inside a band, at most <c>max_concurrent_executions</c> at a time.
/// A slot is a flag of the execution's row; whoever hands slots out first locks the queue's one row, so that no two schedulers count the same room.
/// Runs as <see cref="Identity.Caller.Platform"/>: the queue is one for all tenants.
/// </summary>
public sealed class ExecutionQueue(PlatformDbContext db, SystemSettingsStore settings, IWorkflows workflows, TimeProvider clock)
{
    /// <summary>Gives free slots to those who have waited longest and wakes them. The work of <paramref name="self"/> goes on without a wake-up.</summary>
    public async Task<int> GrantAsync(Guid? self, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var most = (await settings.GetAsync(ct)).ExecutionLimits.MaxConcurrentExecutions;
        await db.ExecutionQueueLocks.Where(q => q.Id == ExecutionQueueLock.TheRow).ExecuteUpdateAsync(q => q.SetProperty(l => l.LockedAt, now), ct);
        var room = most - await db.Executions.CountAsync(e => e.HoldsSlot, ct);
        if (room <= 0)
            return 0;

        var next = await Waiting.OrderBy(e => e.Band).ThenBy(e => e.CreatedAt).ThenBy(e => e.Id).Take(room).WithWork().ToListAsync(ct);
        foreach (var execution in next)
        {
            if (execution.GrantSlot(now) is null && execution.Id != self)
                workflows.Signal(RunExecution.InstanceId(execution.Id), RunExecution.SlotGranted);
        }

        return next.Count;
    }

    /// <summary>Hands out what has become free; cheap when nobody waits.</summary>
    public async Task ScheduleAsync(CancellationToken ct)
    {
        if (!await Waiting.AnyAsync(ct))
            return;

        await db.InTransactionAsync(
            async () =>
            {
                var granted = await GrantAsync(self: null, ct);
                await db.SaveChangesAsync(ct);
                return granted;
            },
            ct);
    }

    /// <summary>How many would be served before <paramref name="execution"/>, itself included: 1 is the next.</summary>
    public Task<int> PositionAsync(Execution execution, CancellationToken ct)
    {
        var (band, created, id) = (execution.Band, execution.CreatedAt, execution.Id);
        return Waiting.CountAsync(
            e => e.Id == id || e.Band < band || (e.Band == band && (e.CreatedAt < created || (e.CreatedAt == created && e.Id.CompareTo(id) < 0))), ct);
    }

    public Task<int> ActiveOfLanguageAsync(string lang, CancellationToken ct) =>
        db.ResourceAllocations.CountAsync(a => a.Language == lang && a.Status == AllocationStatus.Active, ct);

    private IQueryable<Execution> Waiting =>
        db.Executions.Where(e => e.Status == ExecutionStatus.Queued && !e.HoldsSlot && e.CancelRequestedAt == null);
}
