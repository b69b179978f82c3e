using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Identity;
using Platform.Workflows;

namespace Platform.Organizations;

/// <summary>Writes down what has expired, deletes what nobody needs any more and has deleted projects purged; each method says how many.</summary>
public sealed class OrganizationSweep(IServiceScopeFactory scopes, ExpiredRows expired, WriteGate writes, IOptions<OrganizationOptions> options, TimeProvider clock)
{
    private const int PurgesAtOnce = 100;

    public async Task<int> ExpireInvitationsAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        using var turn = await writes.EnterAsync(ct);
        return await db.Invitations.Where(row => row.State == InvitationState.Pending && row.ExpiresAt <= now)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, InvitationState.Expired).SetProperty(row => row.ClosedAt, now), ct);
    }

    public Task<int> DeleteClosedInvitationsAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow().AddDays(-options.Value.ClosedInvitationDays);
        return expired.DeleteAsync(db => db.Invitations.Where(row => row.ClosedAt <= before).OrderBy(row => row.Id), ct);
    }

    /// <summary>Starts the purge of projects whose retention is over; starting one twice is harmless.</summary>
    public async Task<int> PurgeProjectsAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow().AddDays(-options.Value.DeletedProjectDays);
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var workflows = scope.ServiceProvider.GetRequiredService<IWorkflows>();
        var due = await db.Projects.Where(project => project.Status == ProjectStatus.Deleted && project.DeletedAt <= before)
            .OrderByDescending(project => project.DeletedAt).Take(PurgesAtOnce).Select(project => new { project.Id, project.OrganizationId }).ToListAsync(ct);
        foreach (var project in due)
            workflows.Start(ProjectPurge.Name, ProjectPurge.InstanceId(project.Id), new ProjectPurge.Input(project.OrganizationId, project.Id, null));
        await db.SaveChangesAsync(ct);
        return due.Count;
    }
}
