using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Data;

namespace Platform.Executions;

/// <summary>
/// Finds what fell through every other net (executions.md §4.2): slots whose saga never started, entries that waited too long, runs whose end nobody reported,
/// allocations of ended executions. Each find is ended or started anew with the same conditional writes as everywhere, so a sweep beside living work does no harm.
/// </summary>
public sealed class ExecutionSweep(PlatformDbContext db, ExecutionResults results, ExecutionQueue queue, IOptions<ExecutionOptions> options, TimeProvider clock)
{
    private const int Batch = 100;
    private static readonly TimeSpan StartGrace = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LeakGrace = TimeSpan.FromSeconds(120);

    /// <summary>Returns how many rows it touched.</summary>
    public async Task<int> SweepAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await StartForgottenAsync(now, ct) + await EndStaleAsync(now, ct) + await EndLostAsync(now, ct) + await ReleaseLeakedAsync(now, ct);
    }

    private async Task<int> StartForgottenAsync(DateTimeOffset now, CancellationToken ct)
    {
        var before = now - StartGrace;
        var forgotten = await db.Executions.Where(e => e.Status == ExecutionStatus.Queued && e.HoldsSlot && e.UpdatedAt < before)
            .OrderBy(e => e.CreatedAt).Take(Batch).ToListAsync(ct);
        foreach (var execution in forgotten)
            await queue.WakeAsync(execution, ct);
        await db.SaveChangesAsync(ct);
        return forgotten.Count;
    }

    private async Task<int> EndStaleAsync(DateTimeOffset now, CancellationToken ct)
    {
        var before = now - TimeSpan.FromSeconds(options.Value.StaleSeconds);
        var stale = await db.Executions.Where(e => e.Status == ExecutionStatus.Queued && e.CreatedAt < before).OrderBy(e => e.CreatedAt).Take(Batch).Select(e => e.Id).ToListAsync(ct);
        return await EndAsync(stale, ExecutionOutcome.Refused("Waited too long in the queue"), ct);
    }

    private async Task<int> EndLostAsync(DateTimeOffset now, CancellationToken ct)
    {
        var active = await db.Executions.Where(e => e.Status == ExecutionStatus.Scheduled || e.Status == ExecutionStatus.Running)
            .Select(e => new { e.Id, e.UpdatedAt, e.TimeoutSeconds }).ToListAsync(ct);
        var lost = active.Where(e => e.UpdatedAt + TimeSpan.FromSeconds(e.TimeoutSeconds) + EndGrace < now).Select(e => e.Id);
        return await EndAsync([.. lost], ExecutionOutcome.Lost with { SagaTimedOut = true }, ct);
    }

    private async Task<int> EndAsync(List<Guid> ids, ExecutionOutcome outcome, CancellationToken ct)
    {
        var ended = 0;
        foreach (var id in ids)
        {
            if (await results.EndAsync(id, outcome, ct))
                ended++;
            db.Discard();
        }

        return ended;
    }

    private async Task<int> ReleaseLeakedAsync(DateTimeOffset now, CancellationToken ct)
    {
        var before = now - LeakGrace;
        var leaked = await db.ResourceAllocations.Where(a => a.Status == AllocationStatus.Active && a.AllocatedAt < before
            && db.Executions.Any(e => e.Id == a.Id && e.CompletedAt != null)).OrderBy(a => a.AllocatedAt).Take(Batch).ToListAsync(ct);
        leaked.ForEach(a => a.Release(now));
        await db.SaveChangesAsync(ct);
        return leaked.Count;
    }
}
