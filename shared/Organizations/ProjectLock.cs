using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Organizations;

/// <summary>Holds a project's row, for rules that two requests could break together: how many of something a project has.</summary>
public static class ProjectLock
{
    /// <summary>Others that ask for the same project wait until this transaction ends, and the project stays. False when it is not active.</summary>
    public static async Task<bool> LockProjectAsync(this PlatformDbContext db, Guid projectId, CancellationToken ct) =>
        await db.Projects.Where(project => project.Id == projectId && project.Status == ProjectStatus.Active)
            .ExecuteUpdateAsync(set => set.SetProperty(project => project.Version, project => project.Version), ct) > 0;
}
