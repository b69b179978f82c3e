using Microsoft.EntityFrameworkCore;
using Platform.Blobs;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Builds;

/// <summary>Ends the builds of a deleted organization or purged project and removes what they keep outside the database.</summary>
internal sealed class BuildCleanup(PlatformDbContext db, IBlobStore blobs, RunningBuilds running) : ITenantCleanup
{
    private const int Batch = 100;

    public string Name => "builds";

    public CleanupStage Stage => CleanupStage.DropResources;

    public async Task<bool> CleanAsync(TenantScope tenant, CancellationToken ct)
    {
        var builds = await db.Builds.Where(build => build.OrganizationId == tenant.OrganizationId && (tenant.ProjectId == null || build.ProjectId == tenant.ProjectId))
            .OrderBy(build => build.Id).Take(Batch).ToListAsync(ct);
        foreach (var build in builds)
        {
            running.Cancel(build.Id);
            await DropAsync(build, ct);
            db.Remove(build);
        }

        var caches = await db.BuildCaches.Where(cache => cache.OrganizationId == tenant.OrganizationId && (tenant.ProjectId == null || cache.ProjectId == tenant.ProjectId))
            .OrderBy(cache => cache.Id).Take(Batch).ToListAsync(ct);
        foreach (var cache in caches)
        {
            await blobs.DeleteAsync(BuildBlobs.Cache(cache.Id), ct);
            db.Remove(cache);
        }

        db.RemoveRange(await db.BuildConfigs.Where(config => config.OrganizationId == tenant.OrganizationId && (tenant.ProjectId == null || config.Id == tenant.ProjectId)).OrderBy(config => config.Id).Take(Batch).ToListAsync(ct));
        await db.SaveChangesAsync(ct);
        return builds.Count == Batch || caches.Count == Batch;
    }

    /// <summary>Deletes the bytes of a build's artifacts, snapshot and, when no other build unpacks it, source.</summary>
    private async Task DropAsync(Build build, CancellationToken ct)
    {
        foreach (var artifact in await db.BuildArtifacts.AsNoTracking().Where(artifact => artifact.BuildId == build.Id).ToListAsync(ct))
            await blobs.DeleteAsync(artifact.BlobKey, ct);
        await blobs.DeleteAsync(BuildBlobs.Snapshot(build.Id), ct);
        if (build.ArchiveBuildId is { } archive)
            await blobs.DeleteAsync(BuildBlobs.Source(archive), ct);
    }
}
