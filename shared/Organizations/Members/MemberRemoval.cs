using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>
/// Takes members out of an organization: membership, roles, grants and tokens go, their sessions fall back to the personal organization. What they made stays, work under way
/// goes on.
/// </summary>
public sealed class MemberRemoval(PlatformDbContext db, CallerScope scope, RightsChange rights, AccessTokens tokens, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Removes a member, or the caller himself, who needs no right for it.</summary>
    /// <param name="sparesOwners">Refuses to touch an owner, whoever asks.</param>
    public async Task<Result<Membership>> RemoveAsync(Guid organizationId, Guid userId, bool sparesOwners, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.System(organizationId));
        return await rights.RunAsync(organizationId, () => ApplyAsync(organizationId, userId, sparesOwners, ct), ct);
    }

    private async Task<Result<Membership>> ApplyAsync(Guid organizationId, Guid userId, bool sparesOwners, CancellationToken ct)
    {
        if (await db.Memberships.SingleOrDefaultAsync(row => row.OrganizationId == organizationId && row.UserId == userId, ct) is not { } member)
            return MemberErrors.NotFound;
        audit.Target("member", userId);
        if (await RefusalAsync(member, sparesOwners, ct) is { } refusal)
            return refusal;

        audit.Change("role", member.Role, to: null);
        await db.RoleAssignments.Where(row => row.OrganizationId == organizationId && row.UserId == userId).ExecuteDeleteAsync(ct);
        await db.LeaveOrganizationAsync(organizationId, userId, ct);
        await tokens.RevokeAsync(userId, organizationId, ct);
        db.Remove(member);
        var name = await db.Organizations.Where(organization => organization.Id == organizationId).Select(organization => organization.Name).SingleAsync(ct);
        db.Raise(new MemberRemoved(scope.Current.UserId, userId, member.Id, member.Role, name) { OrganizationId = organizationId });
        await db.SaveChangesAsync(ct);
        return member;
    }

    private async Task<Error?> RefusalAsync(Membership member, bool sparesOwners, CancellationToken ct)
    {
        if (sparesOwners && member.Role == OrganizationRole.Owner)
            return MemberErrors.Rank;
        var rules = await GrantRules.OfAsync(db, scope.Current, member.OrganizationId, clock.GetUtcNow(), ct);
        return rules.Remove(member) ?? await db.StayRefusalAsync(member, ct);
    }
}
