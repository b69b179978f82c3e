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
        var answer = await db.RetryOnRaceAsync(() => RequestAsync(id, reason ?? CancelRequest.DefaultReason, ct));
        if (answer.IsOk)
            running.Cancel(id);
        return answer;
    }

    private async Task<Result<CancelAnswer>> RequestAsync(Guid id, string reason, CancellationToken ct)
    {
        if (await db.FindWorkAsync(id, ct) is not { } execution)
            return ExecutionErrors.NotFound;
        if (execution.Status == ExecutionStatus.Cancelled)
            return new CancelAnswer(id, "already_cancelled", "Execution is already cancelled", null);
        if (execution.CancelEventId is { } before && !execution.Status.IsTerminal())
            return Requested(id, before);

        var fact = db.RaiseFor(execution, new ExecutionCancelled(id, reason, execution.Status, caller.UserId?.ToString(), execution.RunToken is not null));
        if (execution.RequestCancel(reason, fact.EventId, clock.GetUtcNow()) is { } refusal)
            return refusal;

        if (execution.HasHadSlot)
            workflows.Signal(RunExecution.InstanceId(id), RunExecution.CancelRequested);
        else
            await queue.WakeAsync(execution, ct); // it waits for a slot; the saga ends it
        await db.SaveChangesAsync(ct);
        return Requested(id, fact.EventId);
    }

    private static CancelAnswer Requested(Guid id, Guid eventId) => new(id, "cancellation_requested", "Cancellation request submitted", eventId);
}
