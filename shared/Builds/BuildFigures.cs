using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Builds;

/// <summary>Time that a build's phases took, in milliseconds; null: the phase did not happen.</summary>
public sealed record PhaseFigures(long? Fetch, long? Install, long? Build, long? Test, long? Hooks, long? Artifacts);

/// <summary>What a step took.</summary>
/// <param name="SharePct">Of the build's duration.</param>
public sealed record StepFigures(Guid StepId, string Name, BuildStepKind Kind, BuildStepStatus Status, long? DurationMs, double? SharePct, long? CpuMs, int? MaxRssMb, long LogLines);

public sealed record SlowestStep(Guid StepId, string Name, long DurationMs);

public sealed record LogFigures(long Lines, long Bytes, long Warnings, long Errors);

public sealed record LargestArtifact(string Path, long SizeBytes);

public sealed record ArtifactFigures(int Count, long TotalBytes, LargestArtifact? Largest);

public sealed record CacheFigures(bool? Hit, long? RestoredBytes, long? SavedBytes);

public sealed record SourceFigures(long? FetchMs, long? Bytes, int? Files);

/// <summary>Figures of one build; of one that runs, as far as it has come.</summary>
/// <param name="Attempts">Builds that tried the same, this one included.</param>
public sealed record BuildFigures(
    Guid BuildId,
    BuildStatus Status,
    long? QueueMs,
    long? DurationMs,
    PhaseFigures Phases,
    IReadOnlyList<StepFigures> Steps,
    SlowestStep? SlowestStep,
    long? CpuMs,
    int? MaxRssMb,
    LogFigures Log,
    ArtifactFigures Artifacts,
    CacheFigures Cache,
    SourceFigures Source,
    int Attempts);

/// <summary>Works out the figures of a build.</summary>
public sealed class BuildFigureQueries(PlatformDbContext db, BuildQueries builds, BuildClock clock)
{
    public async Task<BuildFigures> ReadAsync(Build build, CancellationToken ct)
    {
        var detail = await builds.DetailAsync(build, ct);
        var now = clock.Now;
        var duration = build.DurationMs ?? (build.StartedAt is { } start ? Build.Milliseconds(start, now) : null);
        var steps = detail.Steps.Select(step => FiguresOf(step, duration, now)).ToList();
        var slowest = steps.Where(step => step.DurationMs is not null).MaxBy(step => step.DurationMs);
        var kept = detail.Artifacts;
        var largest = kept.MaxBy(artifact => artifact.SizeBytes);
        return new BuildFigures(
            build.Id,
            build.Status,
            build.QueueMs ?? (build.Status == BuildStatus.Queued ? Build.Milliseconds(build.QueuedAt, now) : null),
            duration,
            new PhaseFigures(Sum(BuildStepKind.Fetch), Sum(BuildStepKind.Install), Sum(BuildStepKind.Build, BuildStepKind.Custom), Sum(BuildStepKind.Test), Sum(BuildStepKind.Hook), Sum(BuildStepKind.Artifacts)),
            steps,
            slowest is null ? null : new SlowestStep(slowest.StepId, slowest.Name, slowest.DurationMs!.Value),
            steps.Exists(step => step.CpuMs is not null) ? steps.Sum(step => step.CpuMs ?? 0) : null,
            steps.Max(step => step.MaxRssMb),
            new LogFigures(build.LogLines, build.LogBytes, build.LogWarnings, build.LogErrors),
            new ArtifactFigures(kept.Count, kept.Sum(artifact => artifact.SizeBytes), largest is null ? null : new LargestArtifact(largest.Path, largest.SizeBytes)),
            new CacheFigures(build.CacheHit, build.CacheRestoredBytes, build.CacheSavedBytes),
            new SourceFigures(Sum(BuildStepKind.Fetch), build.SourceBytes, build.SourceFiles),
            await db.Builds.CountAsync(other => other.RootBuildId == build.RootBuildId, ct));

        long? Sum(params BuildStepKind[] kinds)
        {
            var times = steps.Where(step => kinds.Contains(step.Kind) && step.DurationMs is not null).Select(step => step.DurationMs!.Value).ToList();
            return times.Count == 0 ? null : times.Sum();
        }
    }

    private static StepFigures FiguresOf(BuildStep step, long? whole, DateTimeOffset now)
    {
        var duration = step.DurationMs ?? (step is { Status: BuildStepStatus.Running, StartedAt: { } start } ? Build.Milliseconds(start, now) : null);
        double? share = duration is { } part && whole > 0 ? Math.Round(part * 100.0 / whole.Value, 2) : null;
        return new StepFigures(step.Id, step.Name, step.Kind, step.Status, duration, share, step.CpuMs, step.MaxRssMb, step.LogLines);
    }
}
