using Platform.Data;
using Platform.Identity;
using Platform.Workflows;

namespace Platform.Executions;

/// <summary>
/// Asks for the end of an execution. The wish is a state of the row, which the saga checks at each step; the signal only wakes a waiting saga, and a run in
/// this process is stopped at once (one elsewhere by <see cref="CancelWatch"/>). If the script ends first, its own result stands.
/// </summary>
public sealed class CancelExecution(PlatformDbContext db, Caller caller, ExecutionQueue queue, IWorkflows workflows, RunningExecutions running, TimeProvider clock)
{
    public async Task<Result<CancelAnswer>> CancelAsync(Guid id, string? reason, CancellationToken ct)
    {
        var answer = await db.RetryOnRaceAsync(() => CancelOnceAsync(id, reason ?? CancelRequest.DefaultReason, ct));
        if (answer.IsOk)
            Stop(id);
        return answer;
    }

    /// <summary>Notes the wish in a unit of work and wakes whoever can act on it; answers the event of the first wish. <see cref="Stop"/> belongs after the commit.</summary>
    internal async Task<Result<Guid>> RequestAsync(Execution execution, string reason, CancellationToken ct)
    {
        if (execution.CancelEventId is { } before && !execution.Status.IsTerminal())
            return before;

        var fact = db.RaiseFor(execution, new ExecutionCancelled(execution.Id, reason, execution.Status, caller.UserId?.ToString(), execution.RunToken is not null));
        if (execution.RequestCancel(reason, fact.EventId, clock.GetUtcNow()) is { } refusal)
            return refusal;

        if (execution.HasHadSlot)
            workflows.Signal(RunExecution.InstanceId(execution.Id), RunExecution.CancelRequested);
        else
            await queue.WakeAsync(execution, ct); // it waits for a slot; the saga ends it
        return fact.EventId;
    }

    /// <summary>Stops the run if it is in this process.</summary>
    internal void Stop(Guid id) => running.Cancel(id);

    private async Task<Result<CancelAnswer>> CancelOnceAsync(Guid id, string reason, CancellationToken ct)
    {
        if (await db.FindWorkAsync(id, ct) is not { } execution)
            return ExecutionErrors.NotFound;
        if (execution.Status == ExecutionStatus.Cancelled)
            return new CancelAnswer(id, "already_cancelled", "Execution is already cancelled", null);

        var requested = await RequestAsync(execution, reason, ct);
        if (!requested.IsOk)
            return requested.Error;
        await db.SaveChangesAsync(ct);
        return new CancelAnswer(id, "cancellation_requested", "Cancellation request submitted", requested.Value);
    }
}
