using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>Makes, changes, archives and deletes projects.</summary>
public sealed class ProjectService(
    PlatformDbContext db, CallerScope scope, RightsChange rights, AssignmentService assignments, AuditTrail audit, IOptions<OrganizationOptions> options, TimeProvider clock)
{
    /// <summary>Makes a project in an organization where the caller may; he gets a grant as editor when his role does not let him write everywhere.</summary>
    public async Task<Result<ProjectDetails>> CreateAsync(OrganizationAccess access, NewProject wanted, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.System(access.OrganizationId));
        try
        {
            return await rights.RunAsync(access.OrganizationId, () => AddAsync(access, wanted, ct), ct);
        }
        catch (DbUpdateException lost) when (lost.IsUniqueViolation())
        {
            return ProjectErrors.NameTaken;
        }
    }

    public async Task<Result<ProjectDetails>> UpdateAsync(Guid projectId, ProjectChange change, CancellationToken ct)
    {
        if (await FindAsync(projectId, ct) is not { } project)
            return ProjectErrors.NotFound;
        var slug = change.Slug is null ? project.Slug : SlugOf(change.Slug, change.Name);
        if (await TakenAsync(project.OrganizationId, project.Id, change.Name, slug, ct) is { } taken)
            return taken;
        var before = project.Status;
        if (change.Archived is { } archived && archived != (before == ProjectStatus.Archived) && project.Archive(archived, clock.GetUtcNow()) is { } refusal)
            return refusal;
        Record(project, change);
        project.Describe(change.Name, slug, Text(change.Description, project.Description), clock.GetUtcNow());
        db.Raise(project.Status == ProjectStatus.Archived && before != ProjectStatus.Archived
            ? new ProjectArchived(scope.Current.UserId, project.Name) { OrganizationId = project.OrganizationId, ProjectId = project.Id }
            : new ProjectUpdated(scope.Current.UserId, project.Name, project.Status) { OrganizationId = project.OrganizationId, ProjectId = project.Id });
        return await SaveAsync(project, ct);
    }

    /// <summary>Hides the project at once; its rows are purged after the retention.</summary>
    public async Task<Result<ProjectDetails>> DeleteAsync(Guid projectId, CancellationToken ct)
    {
        if (await FindAsync(projectId, ct) is not { } project)
            return ProjectErrors.NotFound;
        if (project.Delete(clock.GetUtcNow()) is { } refusal)
            return refusal;
        audit.Target("project", project.Id, project.Name);
        db.Raise(new ProjectDeleted(scope.Current.UserId, project.Name) { OrganizationId = project.OrganizationId, ProjectId = project.Id });
        return await SaveAsync(project, ct);
    }

    private Task<Project?> FindAsync(Guid projectId, CancellationToken ct) =>
        db.Projects.SingleOrDefaultAsync(project => project.Id == projectId && project.Status != ProjectStatus.Deleted, ct);

    private async Task<Result<ProjectDetails>> AddAsync(OrganizationAccess access, NewProject wanted, CancellationToken ct)
    {
        if (await db.Projects.CountAsync(project => project.OrganizationId == access.OrganizationId && project.Status != ProjectStatus.Deleted, ct) >= options.Value.MaxProjects)
            return ProjectErrors.LimitReached;
        var slug = SlugOf(wanted.Slug, wanted.Name);
        if (await TakenAsync(access.OrganizationId, null, wanted.Name, slug, ct) is { } taken)
        {
            if (taken == ProjectErrors.NameTaken || !string.IsNullOrEmpty(wanted.Slug))
                return taken;
            slug = Slug.Vary(slug);
        }

        var project = Project.Create(access.OrganizationId, wanted.Name, slug, wanted.Description, clock.GetUtcNow());
        db.Add(project);
        if (!access.In(project.Id).Contains(Permissions.TestsCreate))
            assignments.Assign(access.OrganizationId, access.UserId, BuiltInRoles.For(ProjectRole.ProjectEditor).Id, project.Id);
        audit.Target("project", project.Id, project.Name);
        db.Raise(new ProjectCreated(access.UserId, project.Name) { OrganizationId = project.OrganizationId, ProjectId = project.Id });
        await db.SaveChangesAsync(ct);
        return ProjectDetails.From(project);
    }

    // Sessions leave a project that is not active any more in the transaction that closes it.
    private async Task<Result<ProjectDetails>> SaveAsync(Project project, CancellationToken ct)
    {
        try
        {
            return await rights.RunAsync<ProjectDetails>(
                project.OrganizationId,
                async () =>
                {
                    await db.SaveChangesAsync(ct);
                    if (project.Status != ProjectStatus.Active)
                        await db.LeaveProjectAsync(project.OrganizationId, project.Id, ct);
                    return ProjectDetails.From(project);
                },
                ct);
        }
        catch (DbUpdateException lost) when (lost.IsUniqueViolation())
        {
            return ProjectErrors.NameTaken;
        }
    }

    private async Task<Error?> TakenAsync(Guid organizationId, Guid? projectId, string name, string slug, CancellationToken ct)
    {
        var key = name.ToLowerInvariant();
        var others = await db.Projects
            .Where(other => other.OrganizationId == organizationId && other.Status != ProjectStatus.Deleted && other.Id != projectId && (other.NameKey == key || other.Slug == slug))
            .Select(other => other.NameKey).ToListAsync(ct);
        return others.Count == 0 ? null : others.Contains(key) ? ProjectErrors.NameTaken : ProjectErrors.SlugTaken;
    }

    private void Record(Project project, ProjectChange change)
    {
        audit.Target("project", project.Id, change.Name);
        if (project.Name != change.Name)
            audit.Change("name", project.Name, change.Name);
        if (change.Archived is not null)
            audit.Change("status", from: null, project.Status);
    }

    private static string SlugOf(string? slug, string name) => Slug.Of(string.IsNullOrEmpty(slug) ? name : slug, "project-");

    private static string? Text(string? given, string? before) => given switch
    {
        null => before,
        "" => null,
        _ => given,
    };
}
