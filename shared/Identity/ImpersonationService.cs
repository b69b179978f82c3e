using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Data;

namespace Platform.Identity;

/// <summary>One side of an impersonation.</summary>
public sealed record ImpersonationParty(Guid Id, string Name, string? Email);

/// <summary>Both sides of the caller's impersonation.</summary>
public sealed record ImpersonationParties(ImpersonationParty Target, ImpersonationParty Operator);

/// <summary>
/// Lets an operator act as a user who is none, for a time. The session keeps its id and is handed over; its old credentials stop working. What it may do then is
/// cut down (<see cref="Impersonation.Permissions"/>), and everything it does is audited under both names.
/// </summary>
public sealed class ImpersonationService(
    PlatformDbContext db, Caller caller, OperatorChange operators, SessionRenewal renewal, AuditTrail audit, IOptions<AuthOptions> options)
{
    /// <param name="organizationId">Where to begin; null for the target's own starting place.</param>
    public async Task<Result<SignedIn>> StartAsync(Guid targetId, Guid? organizationId, CancellationToken ct)
    {
        if (caller is not { IsOperator: true, SessionId: { } sessionId })
            return ImpersonationErrors.OperatorRequired;
        return await operators.RunAsync(now => HandOverAsync(sessionId, targetId, organizationId, now, ct), ct);
    }

    /// <summary>Gives the session back to the operator, where he was.</summary>
    public async Task<Result<SignedIn>> StopAsync(CancellationToken ct)
    {
        if (caller is not { ImpersonatorId: not null, SessionId: { } sessionId })
            return ImpersonationErrors.NotRunning;
        return await operators.RunAsync(now => HandBackAsync(sessionId, now, ct), ct);
    }

    /// <summary>Null when the caller acts for himself.</summary>
    public async Task<ImpersonationParties?> FindAsync(CancellationToken ct)
    {
        if (caller is not { ImpersonatorId: { } operatorId, UserId: { } targetId })
            return null;
        var parties = await db.Users.Where(user => user.Id == operatorId || user.Id == targetId)
            .Select(user => new ImpersonationParty(user.Id, user.DisplayName, user.Email)).ToListAsync(ct);
        return parties.Count == 2 ? new(parties.Single(party => party.Id == targetId), parties.Single(party => party.Id == operatorId)) : null;
    }

    private async Task<Result<SignedIn>> HandOverAsync(Guid sessionId, Guid targetId, Guid? organizationId, DateTimeOffset now, CancellationToken ct)
    {
        if (await db.Users.SingleOrDefaultAsync(user => user.Id == targetId, ct) is not { } target)
            return IdentityErrors.UserNotFound;
        if (Refusal(target, now) is { } refusal)
            return refusal;
        if (await db.StartingPlacesOf(target, organizationId).FirstOrDefaultAsync(ct) is not { } place)
            return ImpersonationErrors.NoOrganization;
        if (await db.Sessions.SingleAsync(session => session.Id == sessionId, ct) is not { RevokedAt: null } session || session.UserId != caller.UserId)
            return ImpersonationErrors.AlreadyRunning;

        var impersonation = Open(session, target, place, now);
        session.HandTo(targetId, place.OrganizationId, place.ProjectId);
        audit.Target("user", targetId, target.Username);
        audit.Write("impersonation.start", "user", targetId, actor: Acting(target, impersonation.OperatorId, place));
        db.Raise(new ImpersonationStarted(targetId, impersonation.OperatorId, impersonation.EndsAt) { OwnerId = targetId, OrganizationId = place.OrganizationId });
        return await renewal.RenewAsync(sessionId, ct);
    }

    private Error? Refusal(User target, DateTimeOffset now) => target switch
    {
        _ when target.Id == caller.UserId => ImpersonationErrors.Oneself,
        { PlatformRole: PlatformRole.Admin } => ImpersonationErrors.Administrator,
        _ => target.IsEnabled(now) ? null : ImpersonationErrors.Disabled,
    };

    private Impersonation Open(Session session, User target, StartingPlace place, DateTimeOffset now)
    {
        var impersonation = new Impersonation
        {
            Id = Guid.CreateVersion7(now),
            SessionId = session.Id,
            OperatorId = session.UserId,
            TargetId = target.Id,
            OrganizationId = place.OrganizationId,
            ReturnOrganizationId = session.ActiveOrganizationId,
            ReturnProjectId = session.ActiveProjectId,
            StartedAt = now,
            EndsAt = now.AddMinutes(options.Value.ImpersonationMinutes),
        };
        db.Add(impersonation);
        return impersonation;
    }

    private async Task<Result<SignedIn>> HandBackAsync(Guid sessionId, DateTimeOffset now, CancellationToken ct)
    {
        if (await db.Impersonations.SingleOrDefaultAsync(open => open.SessionId == sessionId && open.EndedAt == null, ct) is not { } impersonation)
            return ImpersonationErrors.NotRunning;
        var user = await db.Users.SingleAsync(found => found.Id == impersonation.OperatorId, ct);
        var places = db.StartingPlacesOf(user);
        var place = await places.FirstOrDefaultAsync(found => found.OrganizationId == impersonation.ReturnOrganizationId && found.ProjectId == impersonation.ReturnProjectId, ct)
            ?? await places.FirstAsync(ct);

        var session = await db.Sessions.SingleAsync(found => found.Id == sessionId, ct);
        impersonation.End(now);
        session.HandTo(user.Id, place.OrganizationId, place.ProjectId);
        audit.Target("user", impersonation.TargetId);
        audit.Write("impersonation.stop", "user", impersonation.TargetId, actor: Acting(user, null, place));
        db.Raise(new ImpersonationEnded(impersonation.TargetId, user.Id) { OwnerId = impersonation.TargetId, OrganizationId = impersonation.OrganizationId });
        return await renewal.RenewAsync(sessionId, ct);
    }

    private static Caller Acting(User user, Guid? impersonatorId, StartingPlace place) => new()
    {
        Kind = CallerKind.User,
        UserId = user.Id,
        Username = user.Username,
        ImpersonatorId = impersonatorId,
        OrganizationId = place.OrganizationId,
        ProjectId = place.ProjectId,
    };
}
