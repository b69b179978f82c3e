using Microsoft.EntityFrameworkCore;
using Platform.Dashboards;
using Platform.Data;
using Platform.Identity;
using Platform.Metrics;

namespace Platform.Builds;

/// <summary>Builds of one bucket of time.</summary>
public sealed record DashboardBuilds(DateTimeOffset Start, int Total, int Succeeded, int Failed);

/// <summary>The project's builds that were made in the period, by how they have ended; a build that ran out of time has failed.</summary>
/// <param name="Running">Now, whenever it was made.</param>
/// <param name="Queued">Now, whenever it was made.</param>
/// <param name="SuccessRate">Of those that succeeded or failed.</param>
/// <param name="AvgDurationMs">Of those that succeeded.</param>
/// <param name="P95DurationMs">Of those that succeeded.</param>
/// <param name="Trend">About a dozen to thirty buckets of the same length.</param>
/// <param name="DeltaPct">Change against the period before, by figure.</param>
public sealed record DashboardBuildFigures(
    int Total,
    int Running,
    int Queued,
    int Succeeded,
    int Failed,
    int Cancelled,
    double? SuccessRate,
    long? AvgDurationMs,
    long? P95DurationMs,
    IReadOnlyList<DashboardBuilds> Trend,
    IReadOnlyDictionary<string, double?> DeltaPct);

/// <summary>The dashboard's part <c>builds</c>.</summary>
public sealed class BuildDashboard(PlatformDbContext db) : IDashboardPart
{
    private static readonly TimeSpan[] Buckets = [TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromDays(1)];

    public string Name => "builds";

    public string Permission => Permissions.BuildsRead;

    public async Task<Result<object>> ReadAsync(DashboardRange range, CancellationToken ct)
    {
        var builds = db.Builds.AsNoTracking().Where(build => build.ProjectId == range.ProjectId);
        var running = await builds.CountAsync(build => build.Status == BuildStatus.Running, ct);
        var queued = await builds.CountAsync(build => build.Status == BuildStatus.Queued, ct);
        var made = await builds.Where(build => build.CreatedAt >= range.PreviousFrom && build.CreatedAt < range.To)
            .Select(build => new Made(build.CreatedAt, build.Status, build.DurationMs ?? 0)).ToListAsync(ct);
        var (now, before) = (Period.Of(made.FindAll(build => build.At >= range.From)), Period.Of(made.FindAll(build => build.At < range.From)));
        return new DashboardBuildFigures(now.Total, running, queued, now.Succeeded, now.Failed, now.Cancelled, now.SuccessRate, now.AvgMs, now.P95Ms, Trend(made, range), new Dictionary<string, double?>
        {
            ["total"] = Delta.Pct(now.Total, before.Total),
            ["succeeded"] = Delta.Pct(now.Succeeded, before.Succeeded),
            ["failed"] = Delta.Pct(now.Failed, before.Failed),
            ["cancelled"] = Delta.Pct(now.Cancelled, before.Cancelled),
            ["successRate"] = Delta.Pct(now.SuccessRate, before.SuccessRate),
            ["avgDurationMs"] = Delta.Pct(now.AvgMs, before.AvgMs),
            ["p95DurationMs"] = Delta.Pct(now.P95Ms, before.P95Ms),
        });
    }

    private static List<DashboardBuilds> Trend(List<Made> made, DashboardRange range)
    {
        const int MostBuckets = 31;
        var length = Array.Find(Buckets, bucket => (range.To - range.From) / bucket <= MostBuckets).Ticks;
        var byStart = made.ToLookup(build => build.At.UtcTicks / length);
        var trend = new List<DashboardBuilds>();
        for (var start = range.From.UtcTicks / length; start * length < range.To.UtcTicks; start++)
        {
            var bucket = Period.Of([.. byStart[start].Where(build => build.At >= range.From)]);
            trend.Add(new DashboardBuilds(new DateTimeOffset(start * length, TimeSpan.Zero), bucket.Total, bucket.Succeeded, bucket.Failed));
        }

        return trend;
    }

    private sealed record Made(DateTimeOffset At, BuildStatus Status, long DurationMs)
    {
        public bool HasFailed => Status is BuildStatus.Failed or BuildStatus.TimedOut;
    }

    private sealed record Period(int Total, int Succeeded, int Failed, int Cancelled, long? AvgMs, long? P95Ms)
    {
        public double? SuccessRate => Delta.Rate(Succeeded, Succeeded + Failed);

        public static Period Of(List<Made> made)
        {
            double[] times = [.. made.Where(build => build.Status == BuildStatus.Succeeded).Select(build => (double)build.DurationMs).Order()];
            return new Period(
                made.Count, times.Length, made.Count(build => build.HasFailed), made.Count(build => build.Status == BuildStatus.Cancelled),
                times.Length == 0 ? null : (long)Math.Round(times.Average()), times.Length == 0 ? null : (long)Math.Round(Percentile.Of(times, 95)));
        }
    }
}
