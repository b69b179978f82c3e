using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>Changes what members may do. The caller's permission was checked before; what his rank allows is decided here, under the organization's lock.</summary>
public sealed class MemberService(PlatformDbContext db, CallerScope scope, RightsChange rights, AssignmentService assignments, AuditTrail audit, TimeProvider clock)
{
    public async Task<Result<MemberChanged>> ChangeAsync(Guid organizationId, MemberChange change, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.System(organizationId));
        return await rights.RunAsync(organizationId, () => ApplyAsync(organizationId, change, ct), ct);
    }

    private async Task<Result<MemberChanged>> ApplyAsync(Guid organizationId, MemberChange change, CancellationToken ct)
    {
        if (await db.Memberships.SingleOrDefaultAsync(row => row.OrganizationId == organizationId && row.UserId == change.UserId, ct) is not { } member)
            return MemberErrors.NotFound;
        audit.Target("member", member.UserId);
        var rules = await GrantRules.OfAsync(db, scope.Current, organizationId, clock.GetUtcNow(), ct);
        if (await RefusalAsync(rules, member, change, ct) is { } refusal)
            return refusal;
        if (change.CustomRoleIds is { } roles && await assignments.ReplaceRolesAsync(rules, member, roles, ct) is { } escalation)
            return escalation;

        var (oldRole, wasBound) = (member.Role, member.ProjectBound);
        if (change.Role is { } role)
            (member.Role, member.ProjectBound) = (role, change.ProjectBound);
        var oldGrants = change.Grants is { } grants ? await assignments.ReplaceGrantsAsync(organizationId, member.UserId, grants, ct) : [];
        Record(member, change, oldRole, oldGrants);
        await RaiseAsync(member, oldRole, ct);
        await db.SaveChangesAsync(ct);
        return new MemberChanged(member, oldRole, wasBound, oldGrants);
    }

    private async Task<Error?> RefusalAsync(GrantRules rules, Membership member, MemberChange change, CancellationToken ct)
    {
        if (change.SparesOwners && member.Role == OrganizationRole.Owner)
            return MemberErrors.Rank;
        var role = change.Role ?? member.Role;
        if (rules.ChangeRole(member, role) is { } rank)
            return rank;
        if (role != OrganizationRole.Owner && await db.StayRefusalAsync(member, ct) is { } stays)
            return stays;
        return change.Grants is { } grants ? await assignments.RefusalAsync(rules, member.OrganizationId, grants, ct) : null;
    }

    private void Record(Membership member, MemberChange change, OrganizationRole oldRole, IReadOnlyList<ProjectGrant> oldGrants)
    {
        if (member.Role != oldRole)
            audit.Change("role", oldRole, member.Role);
        if (change.Grants is { } grants && !grants.ToHashSet().SetEquals(oldGrants))
            audit.Change("projects", oldGrants, grants);
        if (change.CustomRoleIds is { } roles)
            audit.Change("customRoleIds", from: null, roles);
    }

    private async Task RaiseAsync(Membership member, OrganizationRole oldRole, CancellationToken ct)
    {
        if (!db.ChangeTracker.Entries().Any(entry => entry is { Entity: Membership or RoleAssignment, State: not EntityState.Unchanged }))
            return;
        var name = await db.Organizations.Where(organization => organization.Id == member.OrganizationId).Select(organization => organization.Name).SingleAsync(ct);
        db.Raise(new MemberUpdated(scope.Current.UserId, member.UserId, member.Id, oldRole, member.Role, name) { OrganizationId = member.OrganizationId });
    }
}
