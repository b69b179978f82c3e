using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>Lets the invited person join. The link is taken by one conditional update, so that of several acceptances one wins.</summary>
public sealed class AcceptInvitation(PlatformDbContext db, CallerScope scope, RightsChange rights, AssignmentService assignments, AuditTrail audit, AccountGate accounts, TimeProvider clock)
{
    /// <param name="takenByMembers">A member's acceptance uses the link up and succeeds; else it is refused and the link goes on.</param>
    public async Task<Result<Joined>> AcceptAsync(string token, bool takenByMembers, CancellationToken ct)
    {
        var hash = InvitationToken.Hash(token);
        var organizationId = await db.Invitations.IgnoreQueryFilters([PlatformDbContext.TenantFilterName])
            .Where(row => row.TokenHash == hash).Select(row => (Guid?)row.OrganizationId).SingleOrDefaultAsync(ct);
        if (organizationId is not { } organization)
            return InvitationErrors.NotFound;
        using var acting = db.ActAs(Caller.System(organization));
        return await rights.RunAsync(organization, () => ApplyAsync(hash, takenByMembers, ct), ct);
    }

    private async Task<Result<Joined>> ApplyAsync(string hash, bool takenByMembers, CancellationToken ct)
    {
        if (await db.Invitations.AsNoTracking().SingleOrDefaultAsync(row => row.TokenHash == hash, ct) is not { } invitation)
            return InvitationErrors.NotFound;
        var user = await db.Users.AsNoTracking().SingleAsync(found => found.Id == scope.Current.UserId, ct);
        if (Refusal(invitation, user) is { } refusal)
            return refusal;
        var organization = await db.Organizations.AsNoTracking().SingleAsync(row => row.Id == invitation.OrganizationId, ct);
        if (await db.Memberships.AsNoTracking().SingleOrDefaultAsync(row => row.UserId == user.Id && row.OrganizationId == organization.Id, ct) is { } member)
            return takenByMembers && await TakeAsync(invitation, ct) ? new Joined(member, organization.Name, [], WasMember: true) : InvitationErrors.AlreadyMember;

        var offer = await OfferAsync(invitation, ct);
        if (!offer.IsOk)
            return offer.Error;
        if (!await TakeAsync(invitation, ct))
            return InvitationErrors.Used;
        var joined = Join(invitation, offer.Value, user.Id);
        await db.SaveChangesAsync(ct);
        return new Joined(joined, organization.Name, offer.Value.Grants, WasMember: false);
    }

    private Error? Refusal(Invitation invitation, User user)
    {
        if (invitation.RefusalAt(clock.GetUtcNow()) is { } over)
            return over;
        if (user.EmailKey != invitation.EmailKey)
            return InvitationErrors.WrongAccount;
        return accounts.NeedsVerification(user) ? InvitationErrors.Unverified : null;
    }

    // What the inviter could give today. One who has lost the right leaves the role of a viewer.
    private async Task<Result<Offer>> OfferAsync(Invitation invitation, CancellationToken ct)
    {
        var viewer = new Offer(OrganizationRole.Viewer, ProjectBound: false, [], []);
        var inviter = new GrantRules(await AccessReader.ReadAsync(db, invitation.InviterId, invitation.OrganizationId, clock.GetUtcNow(), ct));
        if ((inviter.Need(Permissions.TeamInvite, null) ?? inviter.Admit(invitation.Role)) is not null)
            return viewer;
        if (await assignments.RefusalAsync(inviter, invitation.OrganizationId, invitation.ProjectGrants, ct) is { } badGrants)
            return badGrants.Kind == ErrorKind.Forbidden ? viewer : badGrants;
        var roles = await RolesAsync(invitation, ct);
        return await assignments.RefusalAsync(inviter, invitation.OrganizationId, roles, invitation.RolesProjectId, ct) is null
            ? new Offer(invitation.Role, invitation.ProjectBound, invitation.ProjectGrants, roles)
            : viewer;
    }

    // Those that are still there, on a project that is.
    private async Task<List<Guid>> RolesAsync(Invitation invitation, CancellationToken ct)
    {
        if (invitation.RolesProjectId is { } id && !await db.Projects.AnyAsync(project => project.Id == id && project.Status == ProjectStatus.Active, ct))
            return [];
        return await db.Roles.Where(role => invitation.CustomRoleIds.Contains(role.Id)).Select(role => role.Id).ToListAsync(ct);
    }

    private async Task<bool> TakeAsync(Invitation invitation, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await db.Invitations
            .Where(row => row.Id == invitation.Id && row.TokenHash == invitation.TokenHash && row.State == InvitationState.Pending && row.ExpiresAt > now)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, InvitationState.Accepted).SetProperty(row => row.ClosedAt, now), ct) == 1;
    }

    private Membership Join(Invitation invitation, Offer offer, Guid userId)
    {
        var now = clock.GetUtcNow();
        var member = new Membership
        {
            Id = Guid.CreateVersion7(now),
            OrganizationId = invitation.OrganizationId,
            UserId = userId,
            Role = offer.Role,
            ProjectBound = offer.ProjectBound,
            InvitedBy = invitation.InviterId,
            JoinedAt = now,
        };
        db.Add(member);
        foreach (var grant in offer.Grants)
            assignments.Assign(invitation.OrganizationId, userId, BuiltInRoles.For(grant.Role).Id, grant.ProjectId);
        foreach (var role in offer.CustomRoleIds)
            assignments.Assign(invitation.OrganizationId, userId, role, invitation.RolesProjectId);
        audit.Move(invitation.OrganizationId);
        audit.Target("member", userId);
        audit.Change("role", from: null, offer.Role);
        db.Raise(new MemberAdded(userId, userId, member.Id, offer.Role, invitation.Id) { OrganizationId = invitation.OrganizationId });
        return member;
    }

    private sealed record Offer(OrganizationRole Role, bool ProjectBound, IReadOnlyList<ProjectGrant> Grants, IReadOnlyList<Guid> CustomRoleIds);
}
