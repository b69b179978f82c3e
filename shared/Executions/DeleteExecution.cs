using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Executions;

/// <summary>Removes an execution with its result, saga and allocation, for operators. An active one is cancelled first. Its events stay.</summary>
public sealed class DeleteExecution(PlatformDbContext db, CancelExecution cancel, ExecutionWaiter waiter)
{
    private const string Reason = "Deleted by an administrator";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task<Result<ExecutionDeleted>> DeleteAsync(Guid id, CancellationToken ct)
    {
        if (await db.Executions.AsNoTracking().Where(e => e.Id == id).Select(e => (ExecutionStatus?)e.Status).SingleOrDefaultAsync(ct) is not { } status)
            return ExecutionErrors.NotFound;
        if (!status.IsTerminal() && await StopAsync(id, ct) is { } refusal)
            return refusal;

        if (await db.Executions.SingleOrDefaultAsync(e => e.Id == id, ct) is { } execution)
            db.Executions.Remove(execution); // what belongs to it goes with it
        await db.SaveChangesAsync(ct);
        return new ExecutionDeleted("Execution deleted successfully", id);
    }

    private async Task<Error?> StopAsync(Guid id, CancellationToken ct)
    {
        await cancel.CancelAsync(id, Reason, ct); // refused only when it has ended meanwhile
        var end = await waiter.WaitAsync(id, Patience, ct);
        db.Discard();
        if (!end.IsOk)
            return end.Error;
        return end.Value.Status.IsTerminal() ? null : ExecutionErrors.StillActive;
    }
}
