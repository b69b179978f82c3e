using System.Diagnostics;
using System.Text.RegularExpressions;
using Platform.Metrics;

namespace Platform.Alerts;

/// <summary>What a call of an alert's expression was over time: a value per window.</summary>
/// <param name="Call">As the expression writes it.</param>
/// <param name="Window">Length of a bucket.</param>
/// <param name="Buckets">In the order of time.</param>
/// <param name="Word">The aggregation, by which buckets name their value.</param>
/// <param name="Threshold">The number that it is compared with, where the expression is that comparison.</param>
/// <param name="Refusal">Why there are no values.</param>
public sealed record AlertSeries(string Call, string Window, IReadOnlyList<AggregateBucket> Buckets, string Word, double? Threshold, string? Refusal);

/// <summary>Shows the history that an alert's expression would have had.</summary>
public sealed class AlertCharts(AggregateMetrics aggregates, TimeProvider clock)
{
    private const int Windows = 60;
    private static readonly TimeSpan Shortest = TimeSpan.FromHours(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>One per call, over sixty of its windows, but at least an hour and at most 30 days until now.</summary>
    public async Task<IReadOnlyList<AlertSeries>> ReadAsync(AlertRule alert, CancellationToken ct)
    {
        var condition = ConditionParser.Parse(alert.Expression).Condition ?? throw new UnreachableException("A stored expression is canonical");
        var series = new List<AlertSeries>();
        foreach (var call in EvaluateCondition.CallsIn(condition).DistinctBy(call => call.ToString()))
            series.Add(await ReadAsync(alert.ProjectId, call, (condition as Comparison)?.LevelOf(call), ct));
        return series;
    }

    private async Task<AlertSeries> ReadAsync(Guid projectId, MetricCall call, double? threshold, CancellationToken ct)
    {
        var to = clock.GetUtcNow();
        var length = TimeSpan.FromSeconds(Math.Clamp((double)Windows * call.WindowSeconds, Shortest.TotalSeconds, Longest.TotalSeconds));
        var filter = new SeriesFilter { ProjectId = projectId, Names = [call.Metric], Fits = found => call.Matches.All(match => match.Fits(found)) };
        var report = await RunAsync(new AggregateQuery(filter, new MetricRange(to - length, to), [call.Aggregation]) { Interval = call.WindowSeconds }, ct);
        return new AlertSeries(call.ToString(), call.Window, report.IsOk ? report.Value.Groups[0].Buckets : [], call.Aggregation.Word, threshold, report.Error?.Message);
    }

    private async Task<Result<AggregateReport>> RunAsync(AggregateQuery query, CancellationToken ct)
    {
        try
        {
            return await aggregates.RunAsync(query, ct);
        }
        catch (RegexMatchTimeoutException)
        {
            return AlertErrors.PatternLate;
        }
    }
}
