using Microsoft.EntityFrameworkCore;
using Platform.Builds;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<Build> Builds => Set<Build>();

    public DbSet<BuildStep> BuildSteps => Set<BuildStep>();

    public DbSet<BuildLogChunk> BuildLogChunks => Set<BuildLogChunk>();

    public DbSet<BuildArtifact> BuildArtifacts => Set<BuildArtifact>();

    public DbSet<BuildHookRun> BuildHookRuns => Set<BuildHookRun>();

    public DbSet<BuildConfig> BuildConfigs => Set<BuildConfig>();

    public DbSet<BuildCache> BuildCaches => Set<BuildCache>();
}
