using Platform.Dashboards;
using Platform.Metrics;

namespace Platform.Builds;

/// <summary>A build of the past, with what its history is worked out of.</summary>
internal sealed record PastBuild(
    Guid Id, BuildStatus Status, string? Branch, string? CommitSha, DateTimeOffset? StartedAt, DateTimeOffset FinishedAt, long DurationMs, long? QueueMs, BuildFailureCode? FailureCode, string? FailureStepName)
{
    public bool Failed => Status is BuildStatus.Failed or BuildStatus.TimedOut;
}

/// <summary>A step of the past that began.</summary>
internal sealed record PastStep(Guid BuildId, string Name, BuildStepStatus Status, long? DurationMs);

/// <summary>Works the figures of delivery §2.4 out of builds that ended.</summary>
internal static class BuildHistory
{
    private const int MostReasons = 10;

    public static BuildTotals TotalsOf(IReadOnlyCollection<PastBuild> builds) => new(
        builds.Count, Count(builds, BuildStatus.Succeeded), Count(builds, BuildStatus.Failed), Count(builds, BuildStatus.TimedOut), Count(builds, BuildStatus.Cancelled));

    public static double? SuccessRateOf(BuildTotals totals) => Delta.Rate(totals.Succeeded, totals.Succeeded + totals.Failed + totals.TimedOut);

    public static double[] Successes(IEnumerable<PastBuild> builds) => Sorted(builds.Where(build => build.Status == BuildStatus.Succeeded).Select(build => build.DurationMs));

    public static DurationFigures DurationsOf(double[] sorted) => new(
        Average(sorted), sorted.Length == 0 ? null : (long)sorted[0], sorted.Length == 0 ? null : (long)sorted[^1], At(sorted, 50), At(sorted, 90), At(sorted, 95), At(sorted, 99));

    public static QueueFigures QueuesOf(IEnumerable<PastBuild> builds)
    {
        var sorted = Sorted(builds.Where(build => build.StartedAt is not null).Select(build => build.QueueMs).OfType<long>());
        return new QueueFigures(Average(sorted), At(sorted, 50), At(sorted, 95));
    }

    /// <summary>Per branch from the end of the first of consecutive failures to the next success; their mean. Failures that nothing has followed are left out.</summary>
    public static long? RecoveryOf(IEnumerable<PastBuild> builds)
    {
        var times = new List<double>();
        foreach (var branch in builds.GroupBy(build => build.Branch, StringComparer.Ordinal))
        {
            DateTimeOffset? broken = null;
            foreach (var build in branch.OrderBy(build => build.FinishedAt).ThenBy(build => build.Id))
            {
                if (build.Failed)
                    broken ??= build.FinishedAt;
                if (build.Status != BuildStatus.Succeeded || broken is not { } since)
                    continue;
                times.Add((build.FinishedAt - since).TotalMilliseconds);
                broken = null;
            }
        }

        return times.Count == 0 ? null : (long)Math.Round(times.Average());
    }

    public static IReadOnlyList<FailureReason> ReasonsOf(IEnumerable<PastBuild> builds)
    {
        var failures = builds.Where(build => build.Failed).ToList();
        return [.. failures.GroupBy(build => (Code: build.FailureCode ?? BuildFailureCode.External, build.FailureStepName))
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key.Code).ThenBy(group => group.Key.FailureStepName, StringComparer.Ordinal).Take(MostReasons)
            .Select(group => new FailureReason(group.Key.Code, group.Key.FailureStepName, group.Count(), Delta.Rate(group.Count(), failures.Count)!.Value))];
    }

    /// <summary>Commits that both failed and succeeded, of those with two or more builds.</summary>
    public static double? FlakinessOf(IEnumerable<PastBuild> builds)
    {
        var repeated = builds.Where(build => build.CommitSha is not null).GroupBy(build => build.CommitSha, StringComparer.Ordinal).Where(group => group.Count() > 1).ToList();
        return Delta.Rate(repeated.Count(group => group.Any(build => build.Failed) && group.Any(build => build.Status == BuildStatus.Succeeded)), repeated.Count);
    }

    public static IReadOnlyList<StepHistory> StepsOf(IEnumerable<PastStep> steps) => [.. steps.GroupBy(step => step.Name, StringComparer.Ordinal)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group =>
        {
            var sorted = Sorted(group.Select(step => step.DurationMs).OfType<long>());
            return new StepHistory(group.Key, group.Count(), Delta.Rate(group.Count(step => step.Status is BuildStepStatus.Failed or BuildStepStatus.TimedOut), group.Count()), At(sorted, 50), At(sorted, 95));
        })];

    /// <summary>A bucket for each day (UTC) of the range, empty ones too.</summary>
    public static IReadOnlyList<TrendDay> TrendOf(IEnumerable<PastBuild> builds, DateTimeOffset from, DateTimeOffset to)
    {
        var byDay = builds.ToLookup(build => Day(build.FinishedAt));
        var days = new List<TrendDay>();
        for (var day = Day(from); day < to; day = day.AddDays(1))
        {
            var totals = TotalsOf([.. byDay[day]]);
            var sorted = Successes(byDay[day]);
            days.Add(new TrendDay(day, totals.Count, totals.Succeeded, totals.Failed + totals.TimedOut, SuccessRateOf(totals), At(sorted, 50), At(sorted, 95)));
        }

        return days;
    }

    public static BuildComparison Compare(Build build, double[] successes, IEnumerable<PastStep> own, IReadOnlyList<StepHistory> history)
    {
        const int EnoughToTell = 20;
        const double Slower = 1.5;
        const long ASecond = 1000;
        var duration = build.DurationMs;
        var (median, p95) = (At(successes, 50), At(successes, 95));
        double? rank = duration is { } took && successes.Length > 0 ? Percent(successes.Count(other => other <= took), successes.Length) : null;
        double? versus = duration is { } time && median is > 0 ? Math.Round((time - median.Value) * 100.0 / median.Value, 2) : null;
        var usual = history.Where(step => step.P50 is not null).ToDictionary(step => step.Name, step => step.P50!.Value, StringComparer.Ordinal);
        var slower = own.Where(step => step.DurationMs is { } ms && usual.TryGetValue(step.Name, out var p50) && ms > Slower * p50 && ms - p50 >= ASecond)
            .Select(step => new SlowerStep(step.Name, step.DurationMs!.Value, usual[step.Name]));
        return new BuildComparison(rank, versus, duration > p95 && successes.Length >= EnoughToTell, [.. slower]);
    }

    public static long? At(double[] sorted, int percent) => sorted.Length == 0 ? null : (long)Math.Round(Percentile.Of(sorted, percent));

    private static long? Average(double[] values) => values.Length == 0 ? null : (long)Math.Round(values.Average());

    private static double[] Sorted(IEnumerable<long> values) => [.. values.Select(value => (double)value).Order()];

    private static int Count(IEnumerable<PastBuild> builds, BuildStatus status) => builds.Count(build => build.Status == status);

    private static double Percent(int part, int whole) => Math.Round(part * 100.0 / whole, 2);

    private static DateTimeOffset Day(DateTimeOffset at) => new(at.UtcDateTime.Date, TimeSpan.Zero);
}
