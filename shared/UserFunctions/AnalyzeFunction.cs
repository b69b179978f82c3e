using Microsoft.EntityFrameworkCore;
using Platform.Dashboards;
using Platform.Data;

namespace Platform.UserFunctions;

/// <summary>Works out how a function has done in a period, and in the one before.</summary>
public sealed class AnalyzeFunction(PlatformDbContext db, InvocationFigures figures)
{
    private const int Top = 10;
    private const int MostErrors = 20_000;
    private static readonly int[] Bounds = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];

    public async Task<FunctionAnalysis> RunAsync(UserFunction function, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var ran = (await figures.ReadAsync(function.Id, from, to, version: null, ct)).Where(row => !row.IsThrottled).ToList();
        var before = (await figures.ReadAsync(function.Id, from - (to - from), from, version: null, ct)).Where(row => !row.IsThrottled).ToList();
        var (totals, former) = (TotalsOf(ran), TotalsOf(before));
        var starts = ran.Select(row => row.InitDurationMs).OfType<long>().Order().ToList();
        return new FunctionAnalysis
        {
            From = from,
            To = to,
            Totals = totals,
            Previous = new PreviousTotals(former.Invocations, former.Errors, former.ErrorRate, former.P50, former.P95, DeltaOf(totals, former)),
            ByVersion = [.. ran.GroupBy(row => row.Version).OrderByDescending(rows => rows.Key).Select(rows => VersionOf(rows.Key, [.. rows]))],
            ByHourOfDay = HoursOf(ran),
            LatencyHistogram = HistogramOf(ran),
            TopErrors = await ErrorsAsync(function.Id, from, to, ct),
            TopCallers = await CallersAsync(function.Id, from, to, ct),
            Availability = totals.ErrorRate is { } rate ? Math.Round(1 - rate, 4) : null,
            Cost = new CostFigures(Math.Round(ran.Sum(row => row.GbSeconds), 4), totals.Invocations),
            Deployments = await DeploymentsAsync(function.Id, from, to, ct),
            ColdStart = new ColdStartFigures(
                Delta.Rate(ran.Count(row => row.ColdStart), ran.Count), Figures.Percentile(starts, 50) is { } median ? Math.Round(median * ran.Count(row => !row.ColdStart), 2) : null),
        };
    }

    private static FunctionTotals TotalsOf(List<InvocationFigure> ran)
    {
        var durations = FunctionMetrics.DurationsOf(ran);
        var errors = ran.Count(row => row.IsError);
        return new FunctionTotals(ran.Count, errors, Delta.Rate(errors, ran.Count), durations.P50, durations.P95);
    }

    private static TotalsDelta DeltaOf(FunctionTotals now, FunctionTotals before) => new(
        Delta.Pct(now.Invocations, before.Invocations), Delta.Pct(now.Errors, before.Errors), Delta.Pct(now.ErrorRate, before.ErrorRate),
        Delta.Pct(now.P50, before.P50), Delta.Pct(now.P95, before.P95));

    private static VersionFigures VersionOf(int version, List<InvocationFigure> rows)
    {
        var totals = TotalsOf(rows);
        return new VersionFigures(version, totals.Invocations, totals.ErrorRate, totals.P50, totals.P95, rows.Min(row => row.CreatedAt), rows.Max(row => row.CreatedAt));
    }

    private static List<HourFigures> HoursOf(List<InvocationFigure> ran)
    {
        var hours = ran.ToLookup(row => row.CreatedAt.UtcDateTime.Hour);
        return [.. Enumerable.Range(0, 24).Select(hour => new HourFigures(hour, hours[hour].Count(), hours[hour].Count(row => row.IsError)))];
    }

    private static List<LatencyBucket> HistogramOf(List<InvocationFigure> ran)
    {
        var counts = new long[Bounds.Length + 1];
        foreach (var row in ran.Where(row => row.HasDuration))
        {
            var at = Array.FindIndex(Bounds, bound => row.DurationMs <= bound);
            counts[at < 0 ? Bounds.Length : at]++;
        }

        return [.. counts.Select((count, i) => new LatencyBucket(i < Bounds.Length ? Bounds[i] : null, count))];
    }

    private IQueryable<FunctionInvocation> Within(Guid functionId, DateTimeOffset from, DateTimeOffset to) => db.FunctionInvocations.AsNoTracking()
        .Where(row => row.FunctionId == functionId && row.Trigger == InvocationTrigger.Invoke && row.CreatedAt >= from && row.CreatedAt < to && row.Status != InvocationStatus.Throttled);

    private async Task<IReadOnlyList<ErrorFigures>> ErrorsAsync(Guid functionId, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var rows = await Within(functionId, from, to).Where(row => row.Fingerprint != null).OrderByDescending(row => row.CreatedAt).Take(MostErrors)
            .Select(row => new { row.Id, row.Fingerprint, row.Error, row.CreatedAt }).ToListAsync(ct);
        return
        [
            .. rows.GroupBy(row => row.Fingerprint!).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).Take(Top)
                .Select(group => new ErrorFigures(
                    group.Key, group.First().Error!.Type, group.First().Error!.Message, group.Count(), group.Min(row => row.CreatedAt), group.Max(row => row.CreatedAt), group.First().Id)),
        ];
    }

    private async Task<IReadOnlyList<CallerFigures>> CallersAsync(Guid functionId, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var rows = await Within(functionId, from, to).GroupBy(row => row.CallerId)
            .Select(group => new { Caller = group.Key, Count = group.Count(), Errors = group.Count(row => row.Status != InvocationStatus.Success) })
            .OrderByDescending(group => group.Count).ThenBy(group => group.Caller).Take(Top).ToListAsync(ct);
        return [.. rows.Select(row => new CallerFigures(row.Caller, row.Count, row.Errors))];
    }

    private async Task<IReadOnlyList<DeploymentMarker>> DeploymentsAsync(Guid functionId, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) => await db.FunctionDeployments.AsNoTracking()
        .Where(row => row.FunctionId == functionId && row.CreatedAt >= from && row.CreatedAt < to).OrderByDescending(row => row.CreatedAt).Take(100)
        .Select(row => new DeploymentMarker(row.Id, row.VersionNumber, row.Status, row.Reason, row.CreatedAt, row.FinishedAt)).ToListAsync(ct);
}
