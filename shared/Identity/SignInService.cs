using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;

namespace Platform.Identity;

/// <summary>A fresh session: what the client keeps.</summary>
public sealed record SignedIn(User User, Session Session, string AccessToken, string CsrfToken, TimeSpan Life);

/// <summary>Opens the sessions of users who have proved themselves.</summary>
public sealed class SignInService(
    PlatformDbContext db, CallerScope scope, SessionTokens tokens, SessionClock sessionClock, AuditTrail audit)
{
    private const int CsrfTokenBytes = 32;

    public DateTimeOffset Now => sessionClock.Now;

    /// <summary>Opens a session for a user who has proved himself: a new id, never one that was there before.</summary>
    public async Task<SignedIn> OpenAsync(User user, SignInMethod method, bool persistent, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);
        var life = await sessionClock.IdleLifeAsync(ct);
        var place = await db.StartingPlacesOf(user).FirstAsync(ct);
        var (organization, project) = (place.OrganizationId, place.ProjectId);
        var csrf = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(CsrfTokenBytes));
        var opening = new SessionOpening(csrf, method, persistent, sessionClock.AbsoluteLife(persistent), sessionClock.Now, scope.IpAddress, scope.UserAgent);
        var session = Session.Open(user.Id, organization, project, opening);
        user.SignedIn(organization, project, sessionClock.Now);
        db.Add(session);
        audit.Write("auth.login", "user", user.Id);
        db.Raise(new UserLoggedIn(user.Id, EnumWords<SignInMethod>.ToWord(method), scope.IpAddress, scope.UserAgent) { OwnerId = user.Id, OrganizationId = organization, ProjectId = project });
        await db.SaveChangesAsync(ct);
        return new SignedIn(user, session, await tokens.IssueAsync(session.Id, user.Id, session.Ver, life), csrf, life);
    }
}
