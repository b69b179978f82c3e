using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Builds;

/// <summary>Reads the build configuration of projects.</summary>
public sealed class BuildConfigs(PlatformDbContext db)
{
    /// <summary>Null for a project that has the defaults.</summary>
    public Task<BuildConfig?> FindAsync(Guid projectId, CancellationToken ct) =>
        db.BuildConfigs.AsNoTracking().SingleOrDefaultAsync(config => config.Id == projectId, ct);

    /// <summary>What the last build found out from its files; null before there was one.</summary>
    public Task<DetectedCommands?> DetectedAsync(Guid projectId, CancellationToken ct) => db.Builds.AsNoTracking()
        .Where(build => build.ProjectId == projectId && build.Detected != null)
        .OrderByDescending(build => build.Number).Select(build => build.Detected).FirstOrDefaultAsync(ct);
}
