using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Replay;

/// <summary>Ends sessions: nothing is left, or they cannot go on.</summary>
public sealed class FinishReplay(PlatformDbContext db, ReplayFiles files, TimeProvider clock)
{
    private const string SystemError = "system_error";

    /// <summary>False when the session was paused meanwhile.</summary>
    public async Task<bool> FinishAsync(Guid id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } session)
            return true;
        if (session is { Config.Target: ReplayTarget.File, Status: not ReplayStatus.Paused })
            await files.JoinAsync(session, ct);
        if (session.Status == ReplayStatus.Running)
            await CompleteAsync(id, ct);

        var now = await FindAsync(id, ct);
        if (now is null)
            await files.DeleteAsync(id, ct); // cleaned up while the file was made
        return now is null || ReplayStates.Ended.Contains(now.Status);
    }

    /// <summary>The platform could not go on with the session.</summary>
    public Task FailAsync(Guid id, string fault, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            if (await db.ReplaySessions.SingleOrDefaultAsync(s => s.Id == id, ct) is not { } session)
                return 0;
            var now = clock.GetUtcNow();
            IReadOnlyList<ReplayProblem> errors = [.. session.Errors.Take(ReplayProblem.Most - 1), new ReplayProblem(now, null, $"The platform could not go on ({fault})", SystemError)];
            return await db.ReplaySessions.Where(s => s.Id == id && ReplayStates.Open.Contains(s.Status)).ExecuteUpdateAsync(
                set => set.SetProperty(s => s.Status, ReplayStatus.Failed).SetProperty(s => s.CompletedAt, now).SetProperty(s => s.Errors, errors), ct);
        },
        ct);

    private Task<ReplaySession?> FindAsync(Guid id, CancellationToken ct) => db.ReplaySessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, ct);

    // What was counted and is gone from the store by now is skipped.
    private Task<int> CompleteAsync(Guid id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return db.InTransactionAsync(
            () => db.ReplaySessions.Where(s => s.Id == id && s.Status == ReplayStatus.Running).ExecuteUpdateAsync(
                set => set.SetProperty(s => s.Status, ReplayStatus.Completed)
                    .SetProperty(s => s.CompletedAt, now)
                    .SetProperty(s => s.SkippedEvents, s => s.TotalEvents - s.ReplayedEvents - s.FailedEvents),
                ct),
            ct);
    }
}
