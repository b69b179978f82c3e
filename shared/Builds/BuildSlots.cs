using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Identity;
using Platform.Workflows;

namespace Platform.Builds;

/// <summary>Gives the slots of an organization and its projects to those builds that have waited longest (delivery §2.3).</summary>
public sealed class BuildSlots(PlatformDbContext db, IWorkflows workflows, BuildSandbox sandbox, IOptions<BuildOptions> options, BuildClock clock)
{
    /// <summary>Starts what may start now; says how many.</summary>
    internal Task<int> GrantAsync(Guid organizationId, CancellationToken ct) => db.InTransactionAsync(() => GrantLockedAsync(organizationId, ct), ct);

    /// <summary>Wakes builds that have a slot and that nobody has taken up, a batch of them: their sandbox may be there again.</summary>
    internal async Task RemindAsync(int batch, CancellationToken ct)
    {
        if (!await sandbox.IsAvailableAsync(ct))
            return;
        var ready = await db.Builds.Where(build => build.Status == BuildStatus.Running && build.Executor == BuildExecutor.Platform && build.LeaseToken == null)
            .OrderBy(build => build.Id).Take(batch).Select(build => build.Id).ToListAsync(ct);
        foreach (var id in ready)
            workflows.Signal(BuildRun.InstanceId(id), BuildRun.Changed);
        await db.SaveChangesAsync(ct);
    }

    private async Task<int> GrantLockedAsync(Guid organizationId, CancellationToken ct)
    {
        using var whole = db.ActAs(Caller.System(organizationId)); // a token that is bound to some projects would see only their builds

        // Two nodes that looked at the same moment would both see the same free slot.
        await db.Organizations.Where(row => row.Id == organizationId).ExecuteUpdateAsync(set => set.SetProperty(row => row.Version, row => row.Version), ct);
        var live = await db.Builds.AsNoTracking()
            .Where(build => build.OrganizationId == organizationId && build.Executor == BuildExecutor.Platform && (build.Status == BuildStatus.Queued || build.Status == BuildStatus.Running))
            .OrderBy(build => build.QueuedAt).ThenBy(build => build.Id)
            .Select(build => new { build.Id, build.ProjectId, build.Status, build.Config }).ToListAsync(ct);
        var free = options.Value.MaxConcurrentPerOrganization - live.Count(build => build.Status == BuildStatus.Running);
        var taken = live.Where(build => build.Status == BuildStatus.Running).CountBy(build => build.ProjectId).ToDictionary();
        var granted = 0;
        foreach (var waiting in live.Where(build => build.Status == BuildStatus.Queued))
        {
            if (granted == free || free <= 0)
                break;
            if (taken.GetValueOrDefault(waiting.ProjectId) >= waiting.Config.MaxConcurrentBuilds)
                continue;
            taken[waiting.ProjectId] = taken.GetValueOrDefault(waiting.ProjectId) + 1;
            granted += await StartAsync(waiting.Id, ct);
        }

        await db.SaveChangesAsync(ct);
        return granted;
    }

    private async Task<int> StartAsync(Guid id, CancellationToken ct)
    {
        if (await db.LockBuildAsync(id, ct) is not { Status: BuildStatus.Queued } build)
            return 0;
        build.Start(clock.Now);
        build.Version++;
        db.Raise(BuildEvent.OfState(build));
        workflows.Signal(BuildRun.InstanceId(build.Id), BuildRun.Changed);
        return 1;
    }
}
