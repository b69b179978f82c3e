using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Metrics;

namespace Platform.Builds;

/// <summary>Brings builds to their end: state, steps, event and figures in one transaction.</summary>
public sealed class EndBuild(PlatformDbContext db, RecordMetrics metrics, PlanEndHooks hooks, BuildClock clock)
{
    private const string Type = "build";
    private const int MaxTag = 200;

    /// <summary>Ends a locked build. Steps that run share its outcome, those that wait are passed over.</summary>
    /// <param name="byItsRun">The process that ran it ends it, and goes on with its hooks and files.</param>
    internal async Task EndAsync(Build build, BuildStatus status, BuildFailure? failure, CancellationToken ct, bool byItsRun = false)
    {
        var now = clock.Now;
        build.End(status, failure, now);
        if (byItsRun)
            build.LeaseExpiresAt = now + BuildLease.Length;
        build.Version++;
        var open = await db.BuildSteps.Where(step => step.BuildId == build.Id && (step.Status == BuildStepStatus.Pending || step.Status == BuildStepStatus.Running)).ToListAsync(ct);
        foreach (var step in open)
            step.End(step.Status == BuildStepStatus.Running ? status.OfSteps() : BuildStepStatus.Skipped, now);
        db.Raise(BuildEvent.OfState(build));
        await hooks.AddAsync(build, byItsRun, ct);
        await db.SaveChangesAsync(ct);
        await metrics.RecordAsync(build.ProjectId, [.. FiguresOf(build)], _ => null, ct);
    }

    private static IEnumerable<MetricDraft> FiguresOf(Build build)
    {
        var tags = new Dictionary<string, string> { ["environment"] = EnumWords<BuildEnvironment>.ToWord(build.Environment), ["status"] = EnumWords<BuildStatus>.ToWord(build.Status) };
        if (build.Branch is { } branch)
            tags["branch"] = branch.Length > MaxTag ? branch[..MaxTag] : branch;
        yield return Draft("build.count", 1) with { Kind = MetricKind.Counter };
        if (build.QueueMs is { } waited)
            yield return Draft("build.queue_time", waited) with { Unit = "ms" };
        if (build.StartedAt is not null)
            yield return Draft("build.duration", build.DurationMs!.Value) with { Unit = "ms" };

        MetricDraft Draft(string name, double value) => new(name, value) { Type = Type, Source = MetricSource.Platform, Tags = tags, Timestamp = build.FinishedAt };
    }
}
