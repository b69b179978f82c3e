using Platform.Data;
using Platform.Events;
using Platform.Identity;

namespace Platform.Executions;

/// <summary>Takes a new execution into the queue: its saga begins, and with a free slot it starts at once.</summary>
public sealed class ExecutionLine(PlatformDbContext db, CallerScope scope, ExecutionQueue queue, QueueForecast forecast, TimeProvider clock)
{
    /// <summary>Part of the transaction that stores the execution.</summary>
    public async Task JoinAsync(Execution execution, PlatformEvent requested, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (position, wait) = await PlaceAsync(execution, ct);
        var saga = execution.BeginSaga(Guid.CreateVersion7(now), now);
        db.RaiseFor(execution, new SagaStarted(saga.Id, execution.Id, requested.EventId));
        db.RaiseFor(execution, new ExecutionAccepted(execution.Id, position, wait, execution.Priority));
        db.RaiseFor(execution, new ExecutionQueued(execution.Id, position, wait is { } seconds ? now.AddSeconds(seconds) : null));
        if (execution.HoldsSlot)
            queue.Start(execution, scope.CorrelationId);
        else
            saga.Wait(now);
    }

    /// <summary>1 is the next; null seconds while nobody knows.</summary>
    private async Task<(int Position, double? WaitSeconds)> PlaceAsync(Execution execution, CancellationToken ct)
    {
        using (db.ActAs(Caller.Platform)) // the queue is one for all tenants
        {
            if (await queue.HasRoomForNewcomerAsync(ct) && execution.GrantSlot(clock.GetUtcNow()) is null)
                return (1, 0);
            var position = await queue.CountAheadAsync(execution, ct) + 1;
            return (position, await forecast.WaitSecondsAsync(position, ct));
        }
    }
}
