using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Ends and describes sessions.</summary>
public sealed class SessionService(PlatformDbContext db, SessionDirectory directory, AuditTrail audit, WriteGate writes, TimeProvider clock)
{
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

    /// <summary>Ends every session of a user, after a ban, a deactivation or a change of password or role.</summary>
    public async Task RevokeAllAsync(Guid userId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        using (await writes.EnterAsync(ct))
            await db.Sessions.Where(session => session.UserId == userId && session.RevokedAt == null).ExecuteUpdateAsync(set => set.SetProperty(session => session.RevokedAt, now), ct);
        directory.ForgetAll();
    }
}
