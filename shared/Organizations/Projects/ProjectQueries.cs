using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Organizations;

/// <summary>Reads the projects of the caller's organization.</summary>
public sealed class ProjectQueries(PlatformDbContext db, TimeProvider clock)
{
    /// <summary>The active projects, the default one first.</summary>
    public async Task<IReadOnlyList<ProjectDetails>> ListAsync(Guid organizationId, CancellationToken ct)
    {
        var projects = await db.Projects.AsNoTracking().IgnoreQueryFilters([PlatformDbContext.TenantFilterName])
            .Where(project => project.OrganizationId == organizationId && project.Status == ProjectStatus.Active)
            .OrderByDescending(project => project.IsDefault).ThenByDescending(project => project.Id).ToListAsync(ct);
        return projects.ConvertAll(ProjectDetails.From);
    }

    /// <summary>A project of the caller's organization that is not deleted.</summary>
    public async Task<Result<ProjectDetails>> FindAsync(Guid projectId, CancellationToken ct) =>
        await db.Projects.AsNoTracking().SingleOrDefaultAsync(row => row.Id == projectId && row.Status != ProjectStatus.Deleted, ct) is { } project
            ? ProjectDetails.From(project)
            : ProjectErrors.NotFound;

    /// <summary>The unexpired grants of built-in roles on the project, oldest first.</summary>
    public async Task<IReadOnlyList<ProjectMember>> ListMembersAsync(Guid projectId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var rows = await (
            from assignment in db.RoleAssignments
            where assignment.ProjectId == projectId && (assignment.ExpiresAt == null || assignment.ExpiresAt > now)
            join user in db.Users on assignment.UserId equals user.Id
            orderby assignment.AssignedAt, assignment.Id
            select new { assignment.Id, assignment.UserId, assignment.RoleId, assignment.AssignedAt, user.DisplayName, user.Email, user.AvatarUrl }).ToListAsync(ct);
        return [.. rows.Where(row => BuiltInRoles.Find(row.RoleId)?.Project is not null)
            .Select(row => new ProjectMember(row.Id, row.UserId, BuiltInRoles.Find(row.RoleId)!.Project!.Value, row.AssignedAt, row.DisplayName, row.Email, row.AvatarUrl))];
    }
}
