using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>
/// Checks and writes the grants and custom roles of members, inside a <see cref="RightsChange"/> and in the name of the organization. Changes are saved by the caller.
/// </summary>
public sealed class AssignmentService(PlatformDbContext db, CallerScope scope, TimeProvider clock)
{
    private static readonly Guid[] ProjectRoles = [.. Enum.GetValues<ProjectRole>().Select(role => BuiltInRoles.For(role).Id)];

    /// <summary>Refuses grants on projects that are not active ones of the organization, and grants of what the actor does not hold.</summary>
    public async Task<Error?> RefusalAsync(GrantRules actor, Guid organizationId, IReadOnlyList<ProjectGrant> grants, CancellationToken ct)
    {
        var ids = grants.Select(grant => grant.ProjectId).Distinct().ToList();
        if (ids.Count != grants.Count || await db.Projects.CountAsync(project => ids.Contains(project.Id) && project.OrganizationId == organizationId && project.Status == ProjectStatus.Active, ct) != ids.Count)
            return ProjectErrors.BadSelection;
        return grants.Select(grant => actor.Give(BuiltInRoles.For(grant.Role).Patterns, grant.ProjectId)).FirstOrDefault(refusal => refusal is not null);
    }

    /// <summary>Refuses roles that the organization does not have, and roles that hold what the actor does not.</summary>
    public async Task<Error?> RefusalAsync(GrantRules actor, Guid organizationId, IReadOnlyList<Guid> roleIds, Guid? projectId, CancellationToken ct)
    {
        if (roleIds.Count > 0 && projectId is not null && !await db.Projects.AnyAsync(project => project.Id == projectId && project.OrganizationId == organizationId && project.Status == ProjectStatus.Active, ct))
            return ProjectErrors.NotFound;
        var roles = await RightsAsync(organizationId, roleIds, ct);
        return roles.IsOk ? roles.Value.Select(role => actor.Grant(role, projectId)).FirstOrDefault(refusal => refusal is not null) : roles.Error;
    }

    /// <summary>Makes these the user's only grants; answers those he had.</summary>
    public async Task<IReadOnlyList<ProjectGrant>> ReplaceGrantsAsync(Guid organizationId, Guid userId, IReadOnlyList<ProjectGrant> grants, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var rows = await db.RoleAssignments.Where(row => row.OrganizationId == organizationId && row.UserId == userId && row.ProjectId != null && ProjectRoles.Contains(row.RoleId)).ToListAsync(ct);
        var before = rows.Where(row => !(row.ExpiresAt <= now)).Select(row => new ProjectGrant(row.ProjectId!.Value, BuiltInRoles.Find(row.RoleId)!.Project!.Value)).ToList();
        foreach (var row in rows.Where(row => !grants.Any(grant => grant.ProjectId == row.ProjectId)))
            db.Remove(row);
        foreach (var grant in grants)
            Grant(rows.Find(row => row.ProjectId == grant.ProjectId), organizationId, userId, grant);
        return before;
    }

    /// <summary>Makes these the member's only custom roles in the whole organization; refuses to give or prolong one, or take one away, that holds what the actor does not.</summary>
    public async Task<Error?> ReplaceRolesAsync(GrantRules actor, Membership member, IReadOnlyList<Guid> roleIds, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var rows = await db.RoleAssignments.Where(row => row.OrganizationId == member.OrganizationId && row.UserId == member.UserId && row.ProjectId == null).ToListAsync(ct);
        var leaving = rows.FindAll(row => !roleIds.Contains(row.RoleId));
        var staying = rows.FindAll(row => roleIds.Contains(row.RoleId) && row.ExpiresAt is null).ConvertAll(row => row.RoleId);
        var joining = await RightsAsync(member.OrganizationId, [.. roleIds.Except(staying)], ct);
        var lost = await RightsAsync(member.OrganizationId, [.. leaving.Where(row => !(row.ExpiresAt <= now)).Select(row => row.RoleId)], ct);
        if (!joining.IsOk || !lost.IsOk)
            return RoleErrors.NotFound;
        if (joining.Value.Select(role => actor.Assign(role, member.UserId, null)).Concat(lost.Value.Select(role => actor.Touch(role.Permissions, null))).FirstOrDefault(refused => refused is not null) is { } refusal)
            return refusal;

        db.RemoveRange(leaving);
        foreach (var role in joining.Value)
        {
            if (rows.Find(row => row.RoleId == role.Id) is { } row)
                row.ExpiresAt = null;
            else
                Assign(member.OrganizationId, member.UserId, role.Id, projectId: null);
        }
        return null;
    }

    /// <summary>Adds a role; with <paramref name="projectId"/> on that project only.</summary>
    public RoleAssignment Assign(Guid organizationId, Guid userId, Guid roleId, Guid? projectId)
    {
        var now = clock.GetUtcNow();
        return db.Add(new RoleAssignment
        {
            Id = Guid.CreateVersion7(now),
            OrganizationId = organizationId,
            UserId = userId,
            RoleId = roleId,
            ProjectId = projectId,
            AssignedBy = scope.Current.UserId,
            AssignedAt = now,
        }).Entity;
    }

    /// <summary>Finds the user's row of a built-in role on the project, expired or not.</summary>
    public Task<RoleAssignment?> FindGrantAsync(Guid userId, Guid projectId, CancellationToken ct) =>
        db.RoleAssignments.SingleOrDefaultAsync(row => row.UserId == userId && row.ProjectId == projectId && ProjectRoles.Contains(row.RoleId), ct);

    private void Grant(RoleAssignment? row, Guid organizationId, Guid userId, ProjectGrant grant)
    {
        var role = BuiltInRoles.For(grant.Role).Id;
        if (row is null)
            Assign(organizationId, userId, role, grant.ProjectId);
        else
            (row.RoleId, row.ExpiresAt) = (role, null);
    }

    private async Task<Result<List<RoleRights>>> RightsAsync(Guid organizationId, IReadOnlyList<Guid> roleIds, CancellationToken ct)
    {
        if (roleIds.Count == 0)
            return new List<RoleRights>();
        var roles = await db.Roles.AsNoTracking().Where(role => roleIds.Contains(role.Id) && role.OrganizationId == organizationId).ToListAsync(ct);
        return roles.Count == roleIds.Distinct().Count() ? roles.ConvertAll(RoleRights.Of) : RoleErrors.NotFound;
    }
}
