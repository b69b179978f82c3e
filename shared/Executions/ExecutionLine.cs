using Platform.Data;
using Platform.Events;
using Platform.Identity;
using Platform.Quotas;

namespace Platform.Executions;

/// <summary>Takes a new execution into the queue: its saga begins, and with a free slot it starts at once.</summary>
public sealed class ExecutionLine(PlatformDbContext db, CallerScope scope, ExecutionQueue queue, QueueForecast forecast, QuotaGate quotas, UsageMeter usage, TimeProvider clock)
{
    /// <summary>A transaction in which an execution of the caller's joins, unless a quota is used up.</summary>
    public Task<Result<T>> InTransactionAsync<T>(Func<Task<T>> body, CancellationToken ct) => queue.InTransactionAsync<Result<T>>(
        async () =>
        {
            var owner = new UsageOwner(scope.Current.UserId!.Value, scope.Current.ProjectId!.Value, scope.Current.OrganizationId!.Value);
            return await quotas.RefusalAsync(owner, () => queue.LockAsync(ct), ct) is { } refusal ? refusal : await body();
        },
        ct);

    /// <summary>Part of the transaction that stores the execution. Answers what it found there: whether others should be served now.</summary>
    public async Task<QueueRoom> JoinAsync(Execution execution, PlatformEvent requested, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (room, position, wait) = await PlaceAsync(execution, ct);
        var saga = execution.BeginSaga(Guid.CreateVersion7(now), now);
        db.RaiseFor(execution, new SagaStarted(saga.Id, execution.Id, requested.EventId));
        db.RaiseFor(execution, new ExecutionAccepted(execution.Id, position, wait, execution.Priority));
        db.RaiseFor(execution, new ExecutionQueued(execution.Id, position, wait is { } seconds ? now.AddSeconds(seconds) : null));
        if (execution.HoldsSlot)
            await BeginAsync(execution, ct);
        else
            saga.Wait(now);
        await usage.AddAsync(execution.UsageOwner, UsageAmount.OneExecution, ct);
        return room;
    }

    /// <summary>Hands free slots to those who have waited longest; a new request is one of the occasions for that (executions.md §2.6).</summary>
    public async Task ServeAsync(CancellationToken ct)
    {
        using (db.ActAs(Caller.Platform)) // the queue is one for all tenants
            await queue.ScheduleAsync(ct);
    }

    private async Task BeginAsync(Execution execution, CancellationToken ct)
    {
        using (db.ActAs(Caller.Platform)) // the limits that it has to keep are those of all tenants
            await queue.BeginAsync(execution, scope.CorrelationId, ct);
    }

    /// <summary>1 is the next; null seconds while nobody knows.</summary>
    private async Task<(QueueRoom Room, int Position, double? WaitSeconds)> PlaceAsync(Execution execution, CancellationToken ct)
    {
        using (db.ActAs(Caller.Platform)) // the queue is one for all tenants
        {
            var room = await queue.LookAsync(ct);
            if (room == QueueRoom.ForNewcomer && execution.GrantSlot(clock.GetUtcNow()) is null)
                return (room, 1, 0);
            var position = await queue.CountAheadAsync(execution, ct) + 1;
            return (room, position, await forecast.WaitSecondsAsync(position, ct));
        }
    }
}
