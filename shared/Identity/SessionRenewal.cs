using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Gives a session new credentials; those given out before stop working.</summary>
public sealed class SessionRenewal(PlatformDbContext db, SessionDirectory sessions, SessionTokens tokens, SessionClock clock)
{
    private const int CsrfTokenBytes = 32;

    public async Task<SignedIn> RenewAsync(Guid sessionId, CancellationToken ct)
    {
        var session = await db.Sessions.SingleAsync(row => row.Id == sessionId, ct);
        var user = await db.Users.AsNoTracking().SingleAsync(row => row.Id == session.UserId, ct);
        var csrf = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(CsrfTokenBytes));
        session.Renew(csrf);
        await db.SaveChangesAsync(ct);
        sessions.Forget(sessionId);

        var life = await clock.IdleLifeAsync(ct);
        if (session.ExpiresAt - clock.Now < life)
            life = session.ExpiresAt - clock.Now;
        return new SignedIn(user, session, await tokens.IssueAsync(session.Id, user.Id, session.Ver, life), csrf, life);
    }
}
