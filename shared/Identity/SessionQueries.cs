using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity;

/// <summary>A session as its user sees it.</summary>
/// <param name="ImpersonatedBy">The operator who acts with it as its user.</param>
public sealed record SessionView(
    Guid Id, Guid UserId, DateTimeOffset ExpiresAt, DateTimeOffset CreatedAt, string? IpAddress, string? UserAgent, Guid ActiveOrganizationId, Guid ActiveProjectId, Guid? ImpersonatedBy)
{
    public static SessionView From(Session session) => new(
        session.Id, session.UserId, session.ExpiresAt, session.CreatedAt, session.IpAddress, session.UserAgent, session.ActiveOrganizationId, session.ActiveProjectId, null);
}

/// <summary>Reads sessions.</summary>
public sealed class SessionQueries(PlatformDbContext db, SessionClock clock)
{
    /// <summary>The session and its user; null when it has ended.</summary>
    public async Task<(Session Session, User User)?> FindAsync(Guid sessionId, CancellationToken ct)
    {
        var session = await Open().SingleOrDefaultAsync(row => row.Id == sessionId, ct);
        return session is not null && await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Id == session.UserId, ct) is { } user ? (session, user) : null;
    }

    /// <summary>The user's sessions that are in use, newest first: neither ended nor left alone for longer than a token lives.</summary>
    public async Task<Result<IReadOnlyList<SessionView>>> ListAsync(Guid userId, Guid current, CancellationToken ct)
    {
        var seen = clock.Now - await clock.IdleLifeAsync(ct);
        var sessions = await Open().Where(row => row.UserId == userId && (row.LastSeenAt > seen || row.Id == current)).OrderByDescending(row => row.Id).ToListAsync(ct);
        return sessions.ConvertAll(SessionView.From);
    }

    private IQueryable<Session> Open()
    {
        var now = clock.Now;
        return db.Sessions.AsNoTracking().Where(row => row.RevokedAt == null && row.ExpiresAt > now);
    }
}
