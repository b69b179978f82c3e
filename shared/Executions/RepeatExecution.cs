using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;
using Platform.Identity;

namespace Platform.Executions;

/// <summary>
/// Starts what a stored <c>execution_requested</c> asked for once more, as a new execution of the caller, who is its owner. The record is asked first, since it also has
/// the script's inputs; the event is enough when the record is gone.
/// </summary>
public sealed class RepeatExecution(PlatformDbContext db, Caller caller, ExecutionGate gate, ExecutionLine line, StartExecution start)
{
    /// <param name="claim">Runs first in the transaction of the start; false means that somebody else has done it, and nothing is started.</param>
    /// <returns>False when the claim was lost.</returns>
    public async Task<Result<bool>> RepeatAsync(PlatformEvent requested, Func<Task<bool>> claim, CancellationToken ct)
    {
        if (await FindSourceAsync(requested, ct) is not { } source)
            return ExecutionErrors.NotFound;
        var pass = await gate.CheckAsync(caller.UserId!.Value, source.Lang, source.LangVersion, null, null, ct);
        if (!pass.IsOk)
            return pass.Error;

        var stored = await line.InTransactionAsync(
            async () => await claim() ? (true, (await start.StoreAsync(source, pass.Value, kept: null, ct)).Room) : (false, QueueRoom.None), ct);
        if (!stored.IsOk)
            return stored.Error;
        var (isStarted, room) = stored.Value;
        if (room == QueueRoom.ForOthers)
            await line.ServeAsync(ct);
        return isStarted;
    }

    private async Task<ExecutionSource?> FindSourceAsync(PlatformEvent requested, CancellationToken ct)
    {
        if (!Guid.TryParse(requested.AggregateId, out var original))
            return null;
        var row = await db.Executions.AsNoTracking().SingleOrDefaultAsync(e => e.Id == original && e.UserId == caller.UserId, ct);
        if (row is not null)
            return new ExecutionSource(row.Script, row.Lang, row.LangVersion, row.Inputs, row.Priority, original);
        var asked = requested.ReadPayload<Asked>();
        return new ExecutionSource(asked.Script, asked.Language, asked.LanguageVersion, Inputs: null, asked.Priority, original);
    }

    /// <summary>What the payload says of the script.</summary>
    private sealed record Asked(string Script, string Language, string LanguageVersion, ExecutionPriority Priority);
}
