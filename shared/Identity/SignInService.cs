using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Identity;

/// <summary>A fresh session: what the client keeps.</summary>
public sealed record SignedIn(User User, Session Session, string AccessToken, string CsrfToken, TimeSpan Life);

/// <summary>Signs users in by password and opens their sessions.</summary>
public sealed class SignInService(
    PlatformDbContext db, CallerScope scope, Passwords passwords, SignInGuard guard, SessionTokens tokens, SessionClock sessionClock, AuditTrail audit)
{
    private const int CsrfTokenBytes = 32;

    /// <summary>Username or e-mail and password. Answers alike for an unknown user, a wrong password and a disabled account, and takes as long.</summary>
    public async Task<Result<SignedIn>> SignInAsync(string login, string password, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);
        var key = User.Key(login);
        var user = await db.Users.SingleOrDefaultAsync(found => found.UsernameKey == key, ct) ?? await db.Users.SingleOrDefaultAsync(found => found.EmailKey == key, ct);
        using var turn = await guard.TakeTurnAsync(user, login, ct);
        if (await guard.RefusalAsync(user, login, ct) is { } locked)
            return await RefusedAsync(login, "locked", locked, ct);

        var check = passwords.Check(user, password);
        if (user is null || check == PasswordCheck.Wrong || !user.IsEnabled(sessionClock.Now))
        {
            var refusal = await guard.FailedAsync(user, login, ct) ?? IdentityErrors.InvalidCredentials;
            return await RefusedAsync(login, user is null ? "unknown_user" : check == PasswordCheck.Wrong ? "wrong_password" : "account_disabled", refusal, ct);
        }
        if (check == PasswordCheck.RightButOutdated)
            user.SetPasswordHash(passwords.Hash(user, password), sessionClock.Now);
        await guard.SucceededAsync(user, login, ct);
        return await OpenAsync(user, SignInMethod.Password, persistent: true, ct);
    }

    /// <summary>Opens a session for a user who has proved himself: a new id, never one that was there before.</summary>
    public async Task<SignedIn> OpenAsync(User user, SignInMethod method, bool persistent, CancellationToken ct)
    {
        var life = await sessionClock.IdleLifeAsync(ct);
        var (organization, project) = await StartingPlaceAsync(user, ct);
        var csrf = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(CsrfTokenBytes));
        var opening = new SessionOpening(csrf, method, persistent, sessionClock.AbsoluteLife(persistent), sessionClock.Now, scope.IpAddress, scope.UserAgent);
        var session = Session.Open(user.Id, organization, project, opening);
        user.SignedIn(organization, project, sessionClock.Now);
        db.Add(session);
        audit.Write("auth.login", "user", user.Id);
        db.Raise(new UserLoggedIn(user.Id, "password", scope.IpAddress, scope.UserAgent) { OwnerId = user.Id, OrganizationId = organization, ProjectId = project });
        await db.SaveChangesAsync(ct);
        return new SignedIn(user, session, await tokens.IssueAsync(session.Id, user.Id, session.Ver, life), csrf, life);
    }

    // The organization and project used last if still accessible, else the personal organization and its default project.
    private async Task<(Guid Organization, Guid Project)> StartingPlaceAsync(User user, CancellationToken ct)
    {
        var places = from project in db.Projects
                     join member in db.Memberships on project.OrganizationId equals member.OrganizationId
                     join organization in db.Organizations on project.OrganizationId equals organization.Id
                     where member.UserId == user.Id && project.Status == ProjectStatus.Active
                     orderby project.Id == user.LastProjectId descending, project.OrganizationId == user.LastOrganizationId descending,
                         organization.PersonalUserId == user.Id descending, project.IsDefault descending, project.Id
                     select new { project.OrganizationId, project.Id };
        var place = await places.FirstAsync(ct);
        return (place.OrganizationId, place.Id);
    }

    private async Task<Error> RefusedAsync(string login, string reason, Error refusal, CancellationToken ct)
    {
        audit.Write("auth.login", "user", null, AuditOutcome.Denied);
        db.Raise(new AuthFailed(login.Length > 254 ? login[..254] : login, reason, scope.IpAddress));
        await db.SaveChangesAsync(ct);
        return refusal;
    }
}
