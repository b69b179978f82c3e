using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;

namespace Platform.Executions;

/// <summary>Runs the script of an ended execution again, as a new one of the caller's with the limits of today.</summary>
public sealed class RetryExecution(PlatformDbContext db, Caller caller, ExecutionGate gate, StartExecution start)
{
    public async Task<Result<ExecutionStarted>> RetryAsync(Guid id, bool preserveOutput, CancellationToken ct)
    {
        if (await db.Executions.AsNoTracking().Include(e => e.Result).SingleOrDefaultAsync(e => e.Id == id, ct) is not { } original)
            return ExecutionErrors.NotFound;
        if (!original.Status.IsTerminal())
            return ExecutionErrors.CannotRetry(original.Status);

        var pass = await gate.CheckAsync(caller.UserId!.Value, original.Lang, original.LangVersion, null, null, ct);
        if (!pass.IsOk)
            return pass.Error;

        var priority = caller.IsOperator || original.Priority > ExecutionPriority.Normal ? original.Priority : ExecutionPriority.Normal;
        var source = new ExecutionSource(original.Script, original.Lang, original.LangVersion, original.Inputs, priority, RetriedFrom: id);
        return await start.QueueAsync(source, pass.Value, preserveOutput ? original.Result : null, ct);
    }
}
