using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Settings;
using Platform.Workflows;

namespace Platform.Executions;

/// <summary>
/// The queue of executions.md §2.6: bands by priority, first come first served inside a band, at most <c>max_concurrent_executions</c> at a time.
/// A slot is a flag of the execution's row; whoever hands slots out first locks the queue's one row, so that no two schedulers count the same room.
/// An execution's saga starts with its slot: one that waits costs nothing but its row. Runs as <see cref="Identity.Caller.Platform"/>: the queue is one for all tenants.
/// </summary>
public sealed class ExecutionQueue(
    PlatformDbContext db, SystemSettingsStore settings, IWorkflows workflows, RunAhead ahead, IOptions<ExecutionOptions> options, TimeProvider clock)
{
    /// <summary>A transaction that may hand out slots. Runs that it gives a head start begin when it has committed; the unit of work then starts afresh.</summary>
    public async Task<T> InTransactionAsync<T>(Func<Task<T>> body, CancellationToken ct)
    {
        try
        {
            var result = await db.InTransactionAsync(body, ct);
            if (ahead.Begin())
                db.Discard();
            return result;
        }
        finally
        {
            ahead.Withdraw();
        }
    }

    /// <summary>
    /// Until the transaction ends, nobody else hands out slots. On SQLite that is so anyway: there is one transaction at a time.
    /// </summary>
    public async Task LockAsync(CancellationToken ct)
    {
        if (db.Database.IsSqlite())
            return;
        var now = clock.GetUtcNow();
        await db.ExecutionQueueLocks.Where(q => q.Id == ExecutionQueueLock.TheRow).ExecuteUpdateAsync(q => q.SetProperty(l => l.LockedAt, now), ct);
    }

    /// <summary>Locks the queue.</summary>
    public async Task<QueueRoom> LookAsync(CancellationToken ct)
    {
        await LockAsync(ct);
        if (await RoomAsync(ct) <= 0)
            return QueueRoom.None;
        return await db.AnyWaitingAsync(ct) ? QueueRoom.ForOthers : QueueRoom.ForNewcomer;
    }

    /// <summary>
    /// Gives free slots, and the <paramref name="freed"/> that this transaction gives back, to those who have waited longest and sees to it that they start. The work of
    /// <paramref name="self"/> goes on by itself. The queue is locked.
    /// </summary>
    public async Task GrantAsync(Guid? self, int freed, CancellationToken ct)
    {
        if (!await db.AnyWaitingAsync(ct)) // mostly nobody does
            return;
        var room = await RoomAsync(ct) + freed;
        if (room <= 0)
            return;

        var now = clock.GetUtcNow();
        var next = await db.NextWaitingAsync(room, ct);
        foreach (var execution in next)
        {
            if (execution.GrantSlot(now) is not null || execution.Id == self)
                continue;
            if (execution.StartAttempts > 0)
                await WakeAsync(execution, ct);
            else // what happens to it from here on belongs to the request that made it, whoever freed the slot
                await BeginAsync(execution, await db.FindCorrelationAsync(execution.Id, ct), ct);
        }
    }

    /// <summary>Hands out what has become free; cheap when nobody waits.</summary>
    public async Task ScheduleAsync(CancellationToken ct)
    {
        if (!await db.AnyWaitingAsync(ct))
            return;

        await db.RetryOnRaceAsync(() => InTransactionAsync(
            async () =>
            {
                await LockAsync(ct);
                await GrantAsync(self: null, freed: 0, ct);
                return await db.SaveChangesAsync(ct);
            },
            ct));
    }

    /// <summary>Starts the saga of an execution, or wakes the one that waits after a failed start.</summary>
    public async Task WakeAsync(Execution execution, CancellationToken ct)
    {
        if (execution.StartAttempts > 0)
            workflows.Signal(RunExecution.InstanceId(execution.Id), RunExecution.SlotGranted);
        else
            Start(execution, await db.FindCorrelationAsync(execution.Id, ct));
    }

    /// <summary>Starts the saga of an execution that has just got its first slot, and its script at once where that is possible.</summary>
    public async Task BeginAsync(Execution execution, string? correlationId, CancellationToken ct)
    {
        await ahead.TryAsync(execution, correlationId, ct);
        Start(execution, correlationId);
    }

    private void Start(Execution execution, string? correlationId) =>
        workflows.Start(RunExecution.Name, RunExecution.InstanceId(execution.Id), new RunExecution.Input(execution.Id, correlationId, options.Value.StaleSeconds));

    /// <summary>How many will be served before <paramref name="execution"/>.</summary>
    public Task<int> CountAheadAsync(Execution execution, CancellationToken ct)
    {
        var (band, created, id) = (execution.Band, execution.CreatedAt, execution.Id);
        return db.Executions.Where(ExecutionReads.WaitsForSlot)
            .CountAsync(e => e.Band < band || (e.Band == band && (e.CreatedAt < created || (e.CreatedAt == created && e.Id.CompareTo(id) < 0))), ct);
    }

    private async Task<int> RoomAsync(CancellationToken ct) =>
        (await settings.GetAsync(ct)).ExecutionLimits.MaxConcurrentExecutions - await db.CountSlotsAsync(ct);
}
