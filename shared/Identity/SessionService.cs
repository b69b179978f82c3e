using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Ends and describes sessions.</summary>
public sealed class SessionService(PlatformDbContext db, SessionDirectory directory, AuditTrail audit, TimeProvider clock)
{
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Ends the caller's session; nothing to do without one.</summary>
    public async Task SignOutAsync(Caller caller, string reason, CancellationToken ct)
    {
        if (caller is not { SessionId: { } id, UserId: { } userId } || await db.Sessions.SingleOrDefaultAsync(session => session.Id == id, ct) is not { RevokedAt: null } session)
            return;
        session.Revoke(clock.GetUtcNow());
        audit.Write("auth.logout", "session", id);
        db.Raise(new UserLoggedOut(userId, reason));
        await db.SaveChangesAsync(ct);
        directory.Forget(id);
    }

    /// <summary>Ends every session of a user, after a ban, a deactivation or a change of password or role. Inside a transaction the directory is to be told again after it.</summary>
    public Task RevokeAllAsync(Guid userId, CancellationToken ct) => RevokeAsync(SessionsOf(userId), ct);

    /// <summary>Ends every session of a user but one.</summary>
    public Task RevokeOthersAsync(Guid userId, Guid sessionId, CancellationToken ct) =>
        RevokeAsync(db.Sessions.Where(session => session.UserId == userId && session.Id != sessionId), ct);

    /// <summary>Ends one of the user's sessions.</summary>
    public async Task<Result<Nothing>> RevokeAsync(Guid userId, Guid sessionId, CancellationToken ct) =>
        await RevokeAsync(db.Sessions.Where(session => session.Id == sessionId && session.UserId == userId), ct) > 0 ? new Nothing() : IdentityErrors.SessionNotFound;

    /// <summary>After a committed change of users or sessions.</summary>
    public void ForgetAll() => directory.ForgetAll();

    /// <summary>Forgets a user's failed sign-ins, e.g. after his password was set anew; says whether they had locked him out.</summary>
    public Task<bool> UnlockAsync(Guid userId, CancellationToken ct)
    {
        var (key, now) = (SignInGuard.KeyOf(userId), clock.GetUtcNow());
        return db.InTransactionAsync(
            async () =>
            {
                var wasLocked = await db.SignInThrottles.AnyAsync(row => row.Key == key && row.LockedUntil > now, ct);
                await db.SignInThrottles.Where(row => row.Key == key).ExecuteDeleteAsync(ct);
                return wasLocked;
            },
            ct);
    }

    private async Task<int> RevokeAsync(IQueryable<Session> sessions, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var ended = await db.InTransactionAsync(
            () => sessions.Where(session => session.RevokedAt == null).ExecuteUpdateAsync(set => set.SetProperty(session => session.RevokedAt, now), ct), ct);
        directory.ForgetAll();
        return ended;
    }

    // Those in which he acts as somebody else are his too.
    private IQueryable<Session> SessionsOf(Guid userId)
    {
        var impersonating = db.Impersonations.Where(impersonation => impersonation.OperatorId == userId && impersonation.EndedAt == null).Select(impersonation => impersonation.SessionId);
        return db.Sessions.Where(session => session.UserId == userId || impersonating.Contains(session.Id));
    }
}
