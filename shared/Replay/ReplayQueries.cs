using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Replay;

/// <summary>Reads sessions.</summary>
public sealed class ReplayQueries(PlatformDbContext db, TimeProvider clock)
{
    /// <summary>Newest first.</summary>
    public async Task<Result<IReadOnlyList<ReplaySessionSummary>>> ListAsync(ReplayStatus? status, int limit, CancellationToken ct)
    {
        var sessions = db.ReplaySessions.AsNoTracking();
        if (status is { } wanted)
            sessions = sessions.Where(s => s.Status == wanted);
        var page = await sessions.OrderByDescending(s => s.CreatedAt).ThenByDescending(s => s.Id).Take(limit).ToListAsync(ct);
        var now = clock.GetUtcNow();
        return page.ConvertAll(session => ReplaySessionSummary.From(session, now));
    }

    public async Task<Result<ReplaySessionView>> GetAsync(Guid id, CancellationToken ct)
    {
        var session = await FindAsync(id, ct);
        return session.IsOk ? ReplaySessionView.From(session.Value, clock.GetUtcNow()) : session.Error;
    }

    public async Task<Result<ReplaySession>> FindAsync(Guid id, CancellationToken ct) =>
        await db.ReplaySessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, ct) is { } session ? session : ReplayErrors.NotFound;
}
