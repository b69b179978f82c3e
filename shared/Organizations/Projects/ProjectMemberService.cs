using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>Grants members a built-in role on one project, where nobody gives or touches more than his own role there.</summary>
public sealed class ProjectMemberService(PlatformDbContext db, CallerScope scope, RightsChange rights, AssignmentService assignments, AuditTrail audit, TimeProvider clock)
{
    public Task<Result<ProjectMember>> AddAsync(Guid organizationId, Guid projectId, Guid userId, ProjectRole role, CancellationToken ct) => RunAsync<ProjectMember>(organizationId, projectId, async actor =>
    {
        if (!await db.Memberships.AnyAsync(member => member.UserId == userId && member.OrganizationId == organizationId, ct))
            return ProjectErrors.UserNotFound;
        var row = await assignments.FindGrantAsync(userId, projectId, ct);
        if (row is not null && !(row.ExpiresAt <= clock.GetUtcNow()))
            return ProjectErrors.AlreadyGranted;
        if (role < actor)
            return ProjectErrors.GrantAboveOwn;
        if (row is not null)
            (row.RoleId, row.ExpiresAt) = (BuiltInRoles.For(role).Id, null);
        row ??= assignments.Assign(organizationId, userId, BuiltInRoles.For(role).Id, projectId);
        return await SaveAsync(row, from: null, role, ct);
    }, ct);

    public Task<Result<ProjectMember>> ChangeAsync(Guid organizationId, Guid projectId, Guid userId, ProjectRole role, CancellationToken ct) => RunAsync<ProjectMember>(organizationId, projectId, async actor =>
    {
        if (await assignments.FindGrantAsync(userId, projectId, ct) is not { } row)
            return ProjectErrors.NotGranted;
        var before = RoleOf(row);
        if (role < actor || before < actor)
            return ProjectErrors.GrantAboveOwn;
        (row.RoleId, row.ExpiresAt) = (BuiltInRoles.For(role).Id, null);
        return await SaveAsync(row, before, role, ct);
    }, ct);

    /// <summary>Takes a grant away; nothing to do when there is none.</summary>
    public Task<Result<Nothing>> RemoveAsync(Guid organizationId, Guid projectId, Guid userId, CancellationToken ct) => RunAsync<Nothing>(organizationId, projectId, async actor =>
    {
        if (await assignments.FindGrantAsync(userId, projectId, ct) is not { } row)
            return default(Nothing);
        if (RoleOf(row) < actor)
            return ProjectErrors.GrantAboveOwn;
        db.Remove(row);
        audit.Change("role", RoleOf(row), to: null);
        await RaiseAsync(row, ct);
        await db.SaveChangesAsync(ct);
        return default(Nothing);
    }, ct);

    private async Task<Result<T>> RunAsync<T>(Guid organizationId, Guid projectId, Func<ProjectRole, Task<Result<T>>> change, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.System(organizationId));
        audit.Target("project", projectId);
        return await rights.RunAsync(
            organizationId,
            async () => await change(RoleRules.RankOn(await AccessReader.ReadAsync(db, scope.Current.UserId!.Value, organizationId, clock.GetUtcNow(), ct), projectId)),
            ct);
    }

    private async Task<ProjectMember> SaveAsync(RoleAssignment row, ProjectRole? from, ProjectRole to, CancellationToken ct)
    {
        audit.Change("role", from, to);
        audit.Change("userId", from: null, row.UserId);
        await RaiseAsync(row, ct);
        var user = await db.Users.AsNoTracking().SingleAsync(found => found.Id == row.UserId, ct);
        await db.SaveChangesAsync(ct);
        return new ProjectMember(row.Id, row.UserId, to, row.AssignedAt, user.DisplayName, user.Email, user.AvatarUrl);
    }

    private async Task RaiseAsync(RoleAssignment row, CancellationToken ct)
    {
        var member = await db.Memberships.AsNoTracking().SingleOrDefaultAsync(found => found.UserId == row.UserId && found.OrganizationId == row.OrganizationId, ct);
        var name = await db.Organizations.Where(organization => organization.Id == row.OrganizationId).Select(organization => organization.Name).SingleAsync(ct);
        if (member is not null)
            db.Raise(new MemberUpdated(scope.Current.UserId, row.UserId, member.Id, member.Role, member.Role, name) { OrganizationId = row.OrganizationId, ProjectId = row.ProjectId });
    }

    private static ProjectRole RoleOf(RoleAssignment row) => BuiltInRoles.Find(row.RoleId)!.Project!.Value;
}
