using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>What may be offered to whom. Asked inside a <see cref="RightsChange"/>, in the name of the organization.</summary>
public sealed class InvitationRules(PlatformDbContext db, CallerScope scope, AssignmentService assignments, IOptions<OrganizationOptions> options, TimeProvider clock)
{
    public async Task<Error?> RefusalAsync(Guid organizationId, NewInvitation wanted, CancellationToken ct)
    {
        var actor = await RulesAsync(organizationId, ct);
        if (actor.Admit(wanted.Role) is { } rank)
            return rank;
        if (wanted.ProjectBound && wanted.Grants.Count == 0)
            return InvitationErrors.ProjectsNeeded;
        if (await assignments.RefusalAsync(actor, organizationId, wanted.Grants, ct) is { } badGrants)
            return badGrants;
        if (await assignments.RefusalAsync(actor, organizationId, wanted.CustomRoleIds, wanted.RolesProjectId, ct) is { } badRoles)
            return badRoles;
        return await RefusalAsync(organizationId, User.Key(wanted.Email), except: null, ct);
    }

    /// <summary>Whether the caller may deal with an invitation to this role.</summary>
    public async Task<Error?> RefusalAsync(Invitation invitation, OrganizationRole role, IReadOnlyList<Guid> customRoleIds, CancellationToken ct)
    {
        var actor = await RulesAsync(invitation.OrganizationId, ct);
        if (!actor.Handles(invitation.Role))
            return MemberErrors.Rank;
        return actor.Admit(role) ?? await assignments.RefusalAsync(actor, invitation.OrganizationId, customRoleIds, projectId: null, ct);
    }

    /// <summary>Whether the address can be sent an invitation, beside the one that is <paramref name="except"/>ed.</summary>
    public async Task<Error?> RefusalAsync(Guid organizationId, string emailKey, Guid? except, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (await db.Memberships.AnyAsync(member => member.OrganizationId == organizationId && db.Users.Any(user => user.Id == member.UserId && user.EmailKey == emailKey), ct))
            return InvitationErrors.AlreadyMember;
        var open = db.Invitations.Where(row => row.OrganizationId == organizationId && row.Id != except && row.State == InvitationState.Pending && row.ExpiresAt > now);
        if (await open.AnyAsync(row => row.EmailKey == emailKey, ct))
            return InvitationErrors.AlreadyInvited;
        return await open.CountAsync(ct) >= options.Value.MaxOpenInvitations ? InvitationErrors.LimitReached : null;
    }

    private Task<GrantRules> RulesAsync(Guid organizationId, CancellationToken ct) => GrantRules.OfAsync(db, scope.Current, organizationId, clock.GetUtcNow(), ct);
}
