using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Builds;

/// <summary>Holds a build's row. Whoever moves its state or adds to its steps or log locks it first.</summary>
internal static class BuildLock
{
    /// <summary>The build as it is now, tracked; others that ask for it wait until this transaction ends. Null when it is gone.</summary>
    public static async Task<Build?> LockBuildAsync(this PlatformDbContext db, Guid id, CancellationToken ct)
    {
        if (await db.Builds.Where(build => build.Id == id).ExecuteUpdateAsync(set => set.SetProperty(build => build.Version, build => build.Version), ct) == 0)
            return null;
        if (db.ChangeTracker.Entries<Build>().FirstOrDefault(entry => entry.Entity.Id == id) is { } known)
            await known.ReloadAsync(ct);
        return await db.Builds.Include(build => build.Labels).SingleOrDefaultAsync(build => build.Id == id, ct);
    }
}
