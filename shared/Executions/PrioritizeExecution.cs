using Platform.Audit;
using Platform.Data;

namespace Platform.Executions;

/// <summary>Lets an operator move an execution that waits for a slot to another priority. Who hands out a slot at the same moment wins.</summary>
public sealed class PrioritizeExecution(PlatformDbContext db, ExecutionQueue queue, AuditTrail audit, TimeProvider clock)
{
    /// <summary>The execution at its new place.</summary>
    public Task<Result<QueueEntry>> ChangeAsync(Guid id, ExecutionPriority priority, string? reason, CancellationToken ct) => db.RetryOnRaceAsync(() => ChangeOnceAsync(id, priority, reason, ct));

    private async Task<Result<QueueEntry>> ChangeOnceAsync(Guid id, ExecutionPriority priority, string? reason, CancellationToken ct)
    {
        if (await db.FindWorkAsync(id, ct) is not { } execution)
            return ExecutionErrors.NotFound;
        var before = execution.Priority;
        if (execution.Prioritize(priority, clock.GetUtcNow()) is { } refusal)
            return refusal;

        audit.Target("execution", id);
        audit.Change("priority", before, priority);
        audit.Reason(reason);
        await db.SaveChangesAsync(ct);
        var position = await queue.CountAheadAsync(execution, ct) + 1;
        return new QueueEntry(
            id, execution.UserId, execution.OrganizationId, execution.Lang, execution.LangVersion, execution.Status, execution.Priority, execution.Band, position, execution.StartAttempts,
            execution.CreatedAt, execution.StartedAt);
    }
}
