using Platform.Data;

namespace Platform.Executions;

/// <summary>Takes an execution through the saga's steps up to a made sandbox (executions.md §2.7). One transaction, since no wait lies between them.</summary>
public sealed class AdmitExecution(PlatformDbContext db, ExecutionQueue queue, ClaimExecution claim)
{
    /// <summary>
    /// Brings the execution as far as it gets: claimed for <paramref name="runToken"/>, so that the script may start, or to what stands in the way of that.
    /// </summary>
    public Task<Admission> AdmitAsync(RunExecution.Input input, Guid runToken, CancellationToken ct) => db.RetryOnRaceAsync(() => queue.InTransactionAsync(
        async () =>
        {
            if (await db.FindWorkAsync(input.ExecutionId, ct) is not { } execution || execution.Status.IsTerminal())
                return Admission.Ended;
            if (!execution.HoldsSlot) // after a failed start
                await TakeSlotAsync(execution, ct);
            var admission = execution.RunToken is { } claimed ? Admission.Refuse(ExecutionOutcome.Lost, claimed) : await claim.ClaimAsync(execution, runToken, ct);
            await db.SaveChangesAsync(ct);
            return admission;
        },
        ct));

    private async Task TakeSlotAsync(Execution execution, CancellationToken ct)
    {
        await queue.LockAsync(ct);
        await queue.GrantAsync(execution.Id, freed: 0, ct);
    }
}
