using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Executions;

/// <summary>The reads that every execution makes on its way. All see what the caller may see.</summary>
internal static class ExecutionReads
{
    /// <summary>In the queue, without a slot, and not given up.</summary>
    public static readonly Expression<Func<Execution, bool>> WaitsForSlot = e => e.Status == ExecutionStatus.Queued && !e.HoldsSlot && e.CancelRequestedAt == null;

    private static readonly HotQuery<Func<PlatformDbContext, Guid, CancellationToken, Task<Execution?>>> Work = new(() => EF.CompileAsyncQuery(
        (PlatformDbContext db, Guid id, CancellationToken ct) => db.Executions.Include(e => e.Saga).Include(e => e.Allocation).SingleOrDefault(e => e.Id == id)));

    private static readonly HotQuery<Func<PlatformDbContext, Guid, CancellationToken, Task<ExecutionView?>>> View = new(() => EF.CompileAsyncQuery(
        (PlatformDbContext db, Guid id, CancellationToken ct) => db.Executions.Where(e => e.Id == id).Select(ExecutionView.Projection).SingleOrDefault()));

    private static readonly HotQuery<Func<PlatformDbContext, CancellationToken, Task<int>>> Slots = new(() => EF.CompileAsyncQuery(
        (PlatformDbContext db, CancellationToken ct) => db.Executions.Count(e => e.HoldsSlot)));

    private static readonly HotQuery<Func<PlatformDbContext, CancellationToken, Task<bool>>> AnyWaiting = new(() => EF.CompileAsyncQuery(
        (PlatformDbContext db, CancellationToken ct) => db.Executions.Any(WaitsForSlot)));

    private static readonly HotQuery<Func<PlatformDbContext, int, IAsyncEnumerable<Execution>>> NextWaiting = new(() => EF.CompileAsyncQuery(
        (PlatformDbContext db, int most) => db.Executions.Where(WaitsForSlot)
            .OrderBy(e => e.Band).ThenBy(e => e.CreatedAt).ThenBy(e => e.Id).Take(most).Include(e => e.Saga).Include(e => e.Allocation).AsQueryable()));

    private static readonly HotQuery<Func<PlatformDbContext, CancellationToken, Task<int>>> Queued = new(() => EF.CompileAsyncQuery(
        (PlatformDbContext db, CancellationToken ct) => db.Executions.Count(e => e.Status == ExecutionStatus.Queued)));

    private static readonly HotQuery<Func<PlatformDbContext, Guid, CancellationToken, Task<int>>> UnfinishedOf = new(() => EF.CompileAsyncQuery(
        (PlatformDbContext db, Guid user, CancellationToken ct) => db.Executions.Count(e => e.UserId == user
            && (e.Status == ExecutionStatus.Queued || e.Status == ExecutionStatus.Scheduled || e.Status == ExecutionStatus.Running))));

    private static readonly HotQuery<Func<PlatformDbContext, string, CancellationToken, Task<int>>> Allocated = new(() => EF.CompileAsyncQuery(
        (PlatformDbContext db, string lang, CancellationToken ct) => db.ResourceAllocations.Count(a => a.Language == lang && a.Status == AllocationStatus.Active)));

    private static readonly HotQuery<Func<PlatformDbContext, string, CancellationToken, Task<string?>>> Correlation = new(() => EF.CompileAsyncQuery(
        (PlatformDbContext db, string aggregate, CancellationToken ct) =>
            db.Events.Where(e => e.AggregateId == aggregate).OrderBy(e => e.Sequence).Select(e => e.CorrelationId).FirstOrDefault()));

    /// <summary>With all that its work changes.</summary>
    public static Task<Execution?> FindWorkAsync(this PlatformDbContext db, Guid id, CancellationToken ct) => Work.For(db)(db, id, ct);

    public static Task<ExecutionView?> FindViewAsync(this PlatformDbContext db, Guid id, CancellationToken ct) => View.For(db)(db, id, ct);

    public static Task<int> CountSlotsAsync(this PlatformDbContext db, CancellationToken ct) => Slots.For(db)(db, ct);

    public static Task<bool> AnyWaitingAsync(this PlatformDbContext db, CancellationToken ct) => AnyWaiting.For(db)(db, ct);

    /// <summary>Those that are served next, with all that their work changes.</summary>
    public static ValueTask<List<Execution>> NextWaitingAsync(this PlatformDbContext db, int most, CancellationToken ct) => NextWaiting.For(db)(db, most).ToListAsync(ct);

    public static Task<int> CountQueuedAsync(this PlatformDbContext db, CancellationToken ct) => Queued.For(db)(db, ct);

    /// <summary>How many executions of a user have not ended.</summary>
    public static Task<int> CountUnfinishedAsync(this PlatformDbContext db, Guid user, CancellationToken ct) => UnfinishedOf.For(db)(db, user, ct);

    /// <summary>How many executions of a language have resources allocated.</summary>
    public static Task<int> CountAllocatedAsync(this PlatformDbContext db, string lang, CancellationToken ct) => Allocated.For(db)(db, lang, ct);

    /// <summary>Correlation id of the request that made the execution.</summary>
    public static Task<string?> FindCorrelationAsync(this PlatformDbContext db, Guid id, CancellationToken ct) => Correlation.For(db)(db, id.ToString(), ct);
}
