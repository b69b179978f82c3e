using Platform.Data;
using Platform.DeadLetters;
using Platform.Quotas;

namespace Platform.Executions;

/// <summary>
/// The result processor: the only writer of terminal states. Status, output, usage and its sum of the day, released resources, the saga's end, all events and the slot's next owner are one
/// transaction; a reader who has seen <c>result_stored</c> finds the result. The key of <see cref="ExecutionResult"/> and the version of
/// <see cref="Execution"/> keep a second result out.
/// </summary>
public sealed class ExecutionResults(PlatformDbContext db, ExecutionQueue queue, UsageMeter usage, TimeProvider clock)
{
    /// <summary>
    /// Stores the outcome, if the execution has not ended yet and <paramref name="fence"/> is still the token of its worker (null: no worker has it).
    /// Otherwise changes nothing and answers false.
    /// </summary>
    public Task<bool> StoreAsync(Guid executionId, Guid? fence, ExecutionOutcome outcome, CancellationToken ct) =>
        FinishAsync(executionId, execution => execution.RunToken == fence ? outcome : null, ct);

    /// <summary>Ends the execution whoever works on it; that worker's own result then comes too late.</summary>
    public Task<bool> EndAsync(Guid executionId, ExecutionOutcome outcome, CancellationToken ct) => FinishAsync(executionId, _ => outcome, ct);

    /// <summary>Ends an execution whose result could not be stored, and leaves a dead letter for the operator.</summary>
    public Task<bool> AbandonAsync(Guid executionId, string fault, CancellationToken ct) =>
        FinishAsync(executionId, _ => ExecutionOutcome.Unstored($"The result could not be stored ({fault})"), ct);

    private Task<bool> FinishAsync(Guid executionId, Func<Execution, ExecutionOutcome?> outcomeFor, CancellationToken ct) =>
        db.RetryOnRaceAsync(() => queue.InTransactionAsync(
            async () =>
            {
                await queue.LockAsync(ct);
                var execution = await db.FindTrackedWorkAsync(executionId, ct);
                if (execution is null || execution.Status.IsTerminal() || outcomeFor(execution) is not { } outcome)
                    return false;

                var freed = execution.HoldsSlot ? 1 : 0;
                Finish(execution, outcome);
                await usage.AddAsync(execution.UsageOwner, execution.Result!.Usage.Amount, ct);
                await queue.GrantAsync(self: null, freed, ct);
                await db.SaveChangesAsync(ct);
                return true;
            },
            ct));

    private void Finish(Execution execution, ExecutionOutcome ended)
    {
        var now = clock.GetUtcNow();
        var sagaIsCancelled = execution.Saga is { State: SagaState.Cancelled };
        var outcome = sagaIsCancelled ? ended.AsCancelled() : ended;
        var podExisted = execution.RunToken is not null;
        if (outcome.Start is { } started)
            db.RaiseStart(execution, started);
        if (execution.Status == ExecutionStatus.Scheduled && !execution.Status.Allows(outcome.Status))
            execution.Start(now); // it ran, only its start could not be recorded

        var result = ExecutionResult.Of(execution.Id, outcome, now);
        if (execution.Finish(outcome.Status, result, now) is { } refusal)
            throw new InvalidOperationException(refusal.Message);

        foreach (var fact in OutcomeEvents.Result(execution, result, outcome, podExisted))
        {
            var stored = db.RaiseFor(execution, fact);
            if (fact is ResultFailed failed)
                DeadLetterQueue.Leave(db, "result-processor", stored, failed.Error, now);
        }

        execution.Allocation?.Release(now);
        var compensated = sagaIsCancelled ? EndCancelledSaga(execution.Saga!, ended, podExisted, now) : EndSaga(execution.Saga, outcome, now);
        foreach (var fact in OutcomeEvents.Release(execution, outcome, podExisted, compensated))
            db.RaiseFor(execution, fact);
        if (!sagaIsCancelled && OutcomeEvents.End(execution, compensated) is { } end)
            db.RaiseFor(execution, end);
    }

    // Its end was told when it was cancelled. That the sandbox is gone is not certain when the platform lost sight of it.
    private static IReadOnlyList<string> EndCancelledSaga(Saga saga, ExecutionOutcome ended, bool podExisted, DateTimeOffset now)
    {
        var failed = podExisted && ended.ErrorType == ExecutionErrorType.SystemError ? SagaSteps.CompensationOf(SagaSteps.CreatePod) : null;
        return saga.Compensate(SagaState.Cancelled, failed is null ? null : $"{failed}: {ended.Message}", now, failed);
    }

    private static IReadOnlyList<string> EndSaga(Saga? saga, ExecutionOutcome outcome, DateTimeOffset now)
    {
        if (saga is null)
            return [];
        if (outcome.Status == ExecutionStatus.Cancelled)
            return saga.Compensate(SagaState.Cancelled, null, now);
        if (!outcome.SagaDidItsWork)
            return saga.Compensate(outcome.SagaTimedOut ? SagaState.Timeout : SagaState.Failed, outcome.Message, now);

        saga.Complete(now);
        return [];
    }
}
