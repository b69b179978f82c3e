using Microsoft.EntityFrameworkCore;
using Platform.Dashboards;
using Platform.Data;

namespace Platform.Builds;

/// <summary>Reads the history of a project's builds. Percentiles are exact: they are worked out of all builds of the period.</summary>
public sealed class AnalyzeBuilds(PlatformDbContext db, BuildClock clock)
{
    private const string AllBranches = "*";
    private const int MostBuilds = 50_000;

    private static readonly Error TooLarge = Error.Invalid("build.query_too_large", $"The period has more than {MostBuilds} builds; choose a shorter one");

    public async Task<Result<BuildAnalytics>> ReadAsync(Build build, BuildAnalyticsQuery query, CancellationToken ct)
    {
        var to = clock.Now.AddMilliseconds(1);
        var from = to - query.Length;
        var branch = query.Branch == AllBranches ? null : query.Branch ?? build.Branch;
        var matches = Matching(build, query, branch);
        var all = await PastAsync(matches.Where(row => row.FinishedAt >= from - query.Length && row.FinishedAt < to), ct);
        if (all.Count > MostBuilds)
            return TooLarge;
        var (current, before) = (all.FindAll(row => row.FinishedAt >= from), all.FindAll(row => row.FinishedAt < from));
        var steps = await StepsAsync(matches.Where(row => row.FinishedAt >= from && row.FinishedAt < to), ct);
        var own = await StepsAsync(db.Builds.Where(row => row.Id == build.Id), ct);
        var (totals, successes) = (BuildHistory.TotalsOf(current), BuildHistory.Successes(current));
        var history = BuildHistory.StepsOf(steps);
        return new BuildAnalytics(
            from,
            to,
            branch,
            query.Environment,
            totals,
            BuildHistory.SuccessRateOf(totals),
            BuildHistory.DurationsOf(successes),
            BuildHistory.QueuesOf(current),
            Math.Round(totals.Count / query.Length.TotalDays, 4),
            BuildHistory.RecoveryOf(current),
            BuildHistory.ReasonsOf(current),
            BuildHistory.FlakinessOf(current),
            history,
            BuildHistory.TrendOf(current, from, to),
            Previous(before, totals, successes),
            BuildHistory.Compare(build, successes, own, history));
    }

    private static PreviousPeriod Previous(List<PastBuild> before, BuildTotals totals, double[] successes)
    {
        var past = BuildHistory.TotalsOf(before);
        var (rate, median) = (BuildHistory.SuccessRateOf(past), BuildHistory.At(BuildHistory.Successes(before), 50));
        return new PreviousPeriod(past, rate, median, new PeriodChange(
            Delta.Pct(totals.Count, past.Count), Delta.Pct(BuildHistory.SuccessRateOf(totals), rate), Delta.Pct(BuildHistory.At(successes, 50), median)));
    }

    private IQueryable<Build> Matching(Build build, BuildAnalyticsQuery query, string? branch)
    {
        var matches = db.Builds.AsNoTracking().Where(row => row.ProjectId == build.ProjectId && row.FinishedAt != null);
        if (branch is not null)
            matches = matches.Where(row => row.Branch == branch);
        return query.Environment is { } environment ? matches.Where(row => row.Environment == environment) : matches;
    }

    private static Task<List<PastBuild>> PastAsync(IQueryable<Build> builds, CancellationToken ct) => builds.OrderBy(row => row.FinishedAt).ThenBy(row => row.Id).Take(MostBuilds + 1)
        .Select(row => new PastBuild(row.Id, row.Status, row.Branch, row.CommitSha, row.StartedAt, row.FinishedAt!.Value, row.DurationMs ?? 0, row.QueueMs, row.FailureCode, row.FailureStepName)).ToListAsync(ct);

    private Task<List<PastStep>> StepsAsync(IQueryable<Build> builds, CancellationToken ct) => db.BuildSteps.AsNoTracking()
        .Where(step => step.StartedAt != null && builds.Any(row => row.Id == step.BuildId))
        .Select(step => new PastStep(step.BuildId, step.Name, step.Status, step.DurationMs)).ToListAsync(ct);
}
