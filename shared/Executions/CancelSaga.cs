using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Executions;

/// <summary>
/// Cancels a saga (executions.md §3.8): its state changes at once and for good, in one update that loses against the end of the execution. The execution is stopped
/// and, whatever its run brings, ends as cancelled; with that end the saga's steps are undone.
/// </summary>
public sealed class CancelSaga(PlatformDbContext db, Caller caller, CancelExecution cancel, OperatorAccess operators, TimeProvider clock)
{
    private const string Reason = "Saga cancelled";

    public async Task<Result<SagaCancelAnswer>> CancelAsync(Guid id, CancellationToken ct)
    {
        if (await db.Sagas.Where(s => s.Id == id).Select(s => new { s.ExecutionId, s.UserId }).SingleOrDefaultAsync(ct) is not { } saga)
            return ExecutionErrors.SagaNotFound;
        await operators.NoteAsync("saga", id, () => Task.FromResult<Guid?>(saga.UserId), ct);
        if (await db.RetryOnRaceAsync(() => TryAsync(saga.ExecutionId, ct)) is { } refusal)
            return refusal;

        cancel.Stop(saga.ExecutionId);
        return new SagaCancelAnswer(Success: true, "Saga cancelled successfully", id);
    }

    /// <summary>Why it cannot be cancelled; null when it was.</summary>
    private async Task<Error?> TryAsync(Guid executionId, CancellationToken ct)
    {
        if (await db.FindWorkAsync(executionId, ct) is not { Saga: { } saga } execution)
            return ExecutionErrors.SagaNotFound;
        var now = clock.GetUtcNow();
        if (execution.CancelSaga(now) is { } refusal)
            return refusal;

        db.RaiseFor(execution, new SagaCancelled(saga.Id, execution.Id, Reason, saga.CompletedSteps, saga.CompensatedSteps, now, caller.UserId?.ToString()));
        var requested = await cancel.RequestAsync(execution, Reason, ct);
        if (!requested.IsOk)
            return requested.Error;
        await db.SaveChangesAsync(ct);
        return null;
    }
}
