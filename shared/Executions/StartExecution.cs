using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Idempotency;
using Platform.Identity;

namespace Platform.Executions;

/// <summary>Queues executions: the row, its first events, its place in the queue and, with a free slot, the start of its saga are one transaction.</summary>
public sealed class StartExecution(
    PlatformDbContext db, CallerScope scope, ExecutionGate gate, ExecutionLine line, IdempotentRequest idempotency, IOptions<ExecutionOptions> options, TimeProvider clock)
{
    public async Task<Result<ExecutionStarted>> StartAsync(ExecutionRequest request, CancellationToken ct)
    {
        var caller = scope.Current;
        if (request.Priority < ExecutionPriority.Normal && !caller.IsOperator)
            return ExecutionErrors.AdminPriority;

        var pass = await gate.CheckAsync(caller.UserId!.Value, request.Lang, request.LangVersion, request.TimeoutSeconds, request.MemoryMb, ct);
        return pass.IsOk ? await QueueAsync(request.ToSource(), pass.Value, kept: null, ct) : pass.Error;
    }

    /// <summary>Queues a run whose runtime and limits were checked; <paramref name="kept"/> is the old output that a retry hands on.</summary>
    internal async Task<Result<ExecutionStarted>> QueueAsync(ExecutionSource source, ExecutionGate.Pass pass, ExecutionResult? kept, CancellationToken ct)
    {
        var stored = await line.InTransactionAsync(() => StoreAsync(source, pass, kept, ct), ct);
        if (!stored.IsOk)
            return stored.Error;
        var (started, room) = stored.Value;
        if (room == QueueRoom.ForOthers)
            await line.ServeAsync(ct);
        return started;
    }

    /// <summary>Part of the transaction of <see cref="ExecutionLine"/> that queues the run.</summary>
    internal async Task<(ExecutionStarted Started, QueueRoom Room)> StoreAsync(ExecutionSource source, ExecutionGate.Pass pass, ExecutionResult? kept, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var caller = scope.Current;
        var owner = new ExecutionOwner(caller.UserId!.Value, caller.OrganizationId!.Value, caller.ProjectId!.Value);
        var execution = Execution.Create(Guid.CreateVersion7(now), owner, source, pass.Limits, now);
        db.Executions.Add(execution);

        var requested = db.RaiseFor(execution, new ExecutionRequested(execution.Id, PodSpecification.Of(execution, pass.Runtime, options.Value))
        {
            RetriedFrom = source.RetriedFrom,
            PreviousOutput = kept?.Output,
            PreviousErrors = kept?.Errors,
        });
        var room = await line.JoinAsync(execution, requested, ct);
        var started = new ExecutionStarted(execution.Id, ExecutionStatus.Queued); // what it was first, however quickly it went on
        idempotency.Complete(started); // in the same transaction: a crash leaves both or neither
        await db.SaveChangesAsync(ct);
        return (started, room);
    }
}
