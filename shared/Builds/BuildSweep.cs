using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Platform.Blobs;
using Platform.Data;
using Platform.Identity;

namespace Platform.Builds;

/// <summary>Finds what fell through the orchestrations: lost leases, builds that waited too long, folders without a build, hooks without a process; and deletes what is kept no longer. Bounded work per run; safe on several nodes.</summary>
public sealed class BuildSweep(IServiceScopeFactory scopes, DatabaseReady ready, BuildFolders folders, RunningBuilds running, IBlobStore blobs, IOptions<BuildOptions> options, TimeProvider clock)
{
    private const int Batch = 100;

    /// <summary>Ends what nobody else ends.</summary>
    public async Task WatchAsync(CancellationToken ct)
    {
        if (!ready.IsReady)
            return;
        List<(Guid Id, Guid Organization, Guid? Lease)> lost;
        List<(Guid Id, Guid Organization)> stale;
        List<Guid> waiting;
        await using (var scope = scopes.CreateScopeFor(Caller.Platform))
        {
            var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
            var (now, queued) = (clock.GetUtcNow(), clock.GetUtcNow().AddHours(-options.Value.QueueHours));
            lost = (await db.Builds.Where(build => build.Status == BuildStatus.Running && build.LeaseExpiresAt < now).OrderBy(build => build.Id).Take(Batch)
                .Select(build => new { build.Id, build.OrganizationId, build.LeaseToken }).ToListAsync(ct)).ConvertAll(row => (row.Id, row.OrganizationId, row.LeaseToken));
            stale = (await db.Builds.Where(build => build.Status == BuildStatus.Queued && build.QueuedAt < queued).OrderBy(build => build.Id).Take(Batch)
                .Select(build => new { build.Id, build.OrganizationId }).ToListAsync(ct)).ConvertAll(row => (row.Id, row.OrganizationId));
            waiting = await db.Builds.Where(build => build.Status == BuildStatus.Queued && build.Executor == BuildExecutor.Platform).Select(build => build.OrganizationId).Distinct().OrderBy(id => id).Take(Batch).ToListAsync(ct);
        }

        foreach (var (id, organization, token) in lost)
            await AsAsync(organization, services => services.GetRequiredService<FinishBuild>().LoseAsync(id, token, force: false));
        foreach (var (id, organization) in stale)
            await AsAsync(organization, services => services.GetRequiredService<FinishBuild>().EndWaitingAsync(id));
        foreach (var organization in waiting.Concat(lost.Select(row => row.Organization)).Distinct())
            await AsAsync(organization, services => services.GetRequiredService<BuildSlots>().GrantAsync(organization, ct));
        await using (var scope = scopes.CreateScopeFor(Caller.Platform))
        {
            await scope.ServiceProvider.GetRequiredService<BuildSlots>().RemindAsync(Batch, ct);
            await scope.ServiceProvider.GetRequiredService<PlanEndHooks>().TakeOverAsync(Batch, ct);
        }

        await RemoveFoldersAsync(ct);
    }

    /// <summary>Deletes what has expired, a batch of each kind.</summary>
    public async Task DeleteExpiredAsync(CancellationToken ct)
    {
        if (!ready.IsReady)
            return;
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var now = clock.GetUtcNow();
        foreach (var artifact in await db.BuildArtifacts.Where(artifact => artifact.ExpiresAt < now).OrderBy(artifact => artifact.Id).Take(Batch).ToListAsync(ct))
        {
            await blobs.DeleteAsync(artifact.BlobKey, ct);
            db.Remove(artifact);
        }

        await db.SaveChangesAsync(ct);
        var snapshots = await db.Builds.Where(build => build.SnapshotExpiresAt < now).OrderBy(build => build.Id).Take(Batch).Select(build => build.Id).ToListAsync(ct);
        foreach (var id in snapshots)
        {
            await blobs.DeleteAsync(BuildBlobs.Snapshot(id), ct);
            await db.InTransactionAsync(() => db.Builds.Where(build => build.Id == id).ExecuteUpdateAsync(set => set.SetProperty(build => build.SnapshotExpiresAt, (DateTimeOffset?)null), ct), ct);
        }

        await DeleteBuildsAsync(db, now.AddDays(-options.Value.RetentionDays), ct);
    }

    private async Task DeleteBuildsAsync(PlatformDbContext db, DateTimeOffset before, CancellationToken ct)
    {
        var old = await db.Builds.Where(build => build.FinishedAt < before).OrderBy(build => build.Id).Take(Batch).ToListAsync(ct);
        foreach (var build in old)
        {
            foreach (var artifact in await db.BuildArtifacts.AsNoTracking().Where(artifact => artifact.BuildId == build.Id).ToListAsync(ct))
                await blobs.DeleteAsync(artifact.BlobKey, ct);
            await blobs.DeleteAsync(BuildBlobs.Snapshot(build.Id), ct);
            // A later retry unpacks the same archive.
            if (build.ArchiveBuildId is { } archive && !await db.Builds.AnyAsync(other => other.ArchiveBuildId == archive && other.Id != build.Id && !(other.FinishedAt < before), ct))
                await blobs.DeleteAsync(BuildBlobs.Source(archive), ct);
            db.Remove(build);
        }

        await db.SaveChangesAsync(ct);
    }

    // The process that ran there is gone, or something kept it from removing its folder. Another process of this host may still be busy with what a build has left.
    private async Task RemoveFoldersAsync(CancellationToken ct)
    {
        var here = folders.All().Where(id => !running.Contains(id)).Take(Batch).ToList();
        if (here.Count == 0)
            return;
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var now = clock.GetUtcNow();
        var live = await db.Builds.Where(build => here.Contains(build.Id) && (build.Status == BuildStatus.Running || build.LeaseExpiresAt > now)).Select(build => build.Id)
            .Concat(db.BuildHookRuns.Where(run => here.Contains(run.Id) && run.Status == BuildHookRunStatus.Running).Select(run => run.Id)).ToListAsync(ct);
        foreach (var id in here.Except(live))
            folders.Delete(id);
    }

    private async Task AsAsync(Guid organization, Func<IServiceProvider, Task> act)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(organization));
        await act(scope.ServiceProvider);
    }
}
