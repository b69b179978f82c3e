using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity.OAuth;

/// <summary>Ends a session; with a user's last one the provider's token goes too that he signed in with.</summary>
public sealed class OAuthSignOut(PlatformDbContext db, SessionService sessions, TokenRevocation revocation, TimeProvider clock)
{
    public async Task RunAsync(Caller caller, CancellationToken ct)
    {
        if (caller is not { SessionId: { } sessionId, UserId: { } userId })
            return;
        var method = await db.Sessions.Where(session => session.Id == sessionId).Select(session => (SignInMethod?)session.Method).SingleOrDefaultAsync(ct);
        await sessions.SignOutAsync(caller, "logout", ct);
        IdentityProvider? provider = method switch
        {
            SignInMethod.Github => IdentityProvider.Github,
            SignInMethod.Vercel => IdentityProvider.Vercel,
            _ => null,
        };
        var now = clock.GetUtcNow();
        if (provider is { } used && !await db.Sessions.AnyAsync(session => session.UserId == userId && session.RevokedAt == null && session.ExpiresAt > now, ct))
            await revocation.RunAsync(userId, used, ct);
    }
}
