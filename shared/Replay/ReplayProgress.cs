using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Replay;

/// <summary>What a session gains when some of its events are dealt with.</summary>
/// <param name="From">The progress on which this builds; when the session is elsewhere by now, somebody else has dealt with the events.</param>
public sealed record ReplayAdvance(ReplaySession From, long LastSequence, DateTimeOffset LastEventAt, int Replayed, IReadOnlyList<ReplayProblem> Failures);

/// <summary>Writes the progress of sessions. Each write says on what it builds, so that of two who replay the same events only one counts.</summary>
public static class ReplayProgress
{
    /// <summary>False when the session was moved on, paused or ended meanwhile.</summary>
    public static async Task<bool> AdvanceAsync(PlatformDbContext db, ReplayAdvance step, CancellationToken ct) =>
        await WriteAsync(Of(db, step).Where(s => s.Status == ReplayStatus.Running), step, ct);

    /// <summary>As <see cref="AdvanceAsync"/> for events that have left the platform already: they count, whatever became of the session.</summary>
    public static async Task<bool> AdvanceAlwaysAsync(PlatformDbContext db, ReplayAdvance step, CancellationToken ct) =>
        await db.InTransactionAsync(() => WriteAsync(Of(db, step), step, ct), ct);

    /// <summary>The first failure ends a session that skips none.</summary>
    public static async Task<bool> FailAsync(PlatformDbContext db, ReplayAdvance step, DateTimeOffset now, CancellationToken ct) => await db.InTransactionAsync(
        async () => await AdvanceAsync(db, step, ct)
            && await db.ReplaySessions.Where(s => s.Id == step.From.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(s => s.Status, ReplayStatus.Failed).SetProperty(s => s.CompletedAt, now), ct) > 0,
        ct);

    private static IQueryable<ReplaySession> Of(PlatformDbContext db, ReplayAdvance step) =>
        db.ReplaySessions.Where(s => s.Id == step.From.Id && s.LastSequence == step.From.LastSequence);

    private static async Task<bool> WriteAsync(IQueryable<ReplaySession> session, ReplayAdvance step, CancellationToken ct)
    {
        var (replayed, failed) = (step.Replayed, step.Failures.Count);
        IReadOnlyList<ReplayProblem> errors = [.. step.From.Errors.Concat(step.Failures).Take(ReplayProblem.Most)];
        return await session.ExecuteUpdateAsync(
            set => set
                .SetProperty(s => s.LastSequence, step.LastSequence)
                .SetProperty(s => s.LastEventAt, step.LastEventAt)
                .SetProperty(s => s.ReplayedEvents, s => s.ReplayedEvents + replayed)
                .SetProperty(s => s.FailedEvents, s => s.FailedEvents + failed)
                .SetProperty(s => s.Errors, errors),
            ct) > 0;
    }
}
