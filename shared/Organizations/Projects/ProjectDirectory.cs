using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>Where a project is and whether it is in use.</summary>
public sealed record ProjectPlace(Guid Id, Guid OrganizationId, ProjectStatus Status);

/// <summary>Finds projects of any organization that are not deleted, remembered for two seconds. Whether the caller may see one is for <see cref="OrganizationAccess"/> to say.</summary>
public sealed class ProjectDirectory(IServiceScopeFactory scopes, SessionDirectory sessions, TimeProvider clock)
{
    private readonly RightsMemory<Guid, ProjectPlace?> _memory = new(sessions, clock);

    public ValueTask<ProjectPlace?> FindAsync(Guid projectId, CancellationToken ct) => _memory.FindAsync(projectId, () => ReadAsync(projectId, ct));

    private async Task<ProjectPlace?> ReadAsync(Guid projectId, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        return await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().Projects
            .Where(project => project.Id == projectId && project.Status != ProjectStatus.Deleted)
            .Select(project => new ProjectPlace(project.Id, project.OrganizationId, project.Status))
            .SingleOrDefaultAsync(ct);
    }
}
