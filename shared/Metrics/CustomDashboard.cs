using Platform.Dashboards;
using Platform.Identity;

namespace Platform.Metrics;

/// <summary>A metric that users record.</summary>
/// <param name="DeltaPct">Change against the period before, by figure.</param>
public sealed record CustomFigure(string Name, double? Last, double? Avg, long Count, IReadOnlyDictionary<string, double?> DeltaPct);

/// <summary>The dashboard's part <c>custom</c>: the ten names with the most points.</summary>
public sealed class CustomDashboard(AggregateMetrics aggregates) : IDashboardPart
{
    private const int Most = 10;

    public string Name => "custom";

    public string Permission => Permissions.MetricsRead;

    public async Task<Result<object>> ReadAsync(DashboardRange range, CancellationToken ct)
    {
        var now = await aggregates.RunAsync(Query(range.ProjectId, new MetricRange(range.From, range.To), []), ct);
        if (!now.IsOk)
            return now.Error;
        var top = now.Value.Groups.Where(group => group.Values["count"] > 0).Take(Most).ToList();
        if (top.Count == 0)
            return Array.Empty<CustomFigure>();
        var before = await aggregates.RunAsync(Query(range.ProjectId, new MetricRange(range.PreviousFrom, range.From), [.. top.Select(NameOf)]), ct);
        if (!before.IsOk)
            return before.Error;
        var former = before.Value.Groups.ToDictionary(NameOf);
        return top.Select(group => Figure(group, former.GetValueOrDefault(NameOf(group)))).ToArray();
    }

    private static CustomFigure Figure(AggregateGroup now, AggregateGroup? before) => new(
        NameOf(now),
        now.Values["last"],
        now.Values["avg"],
        (long)now.Values["count"]!.Value,
        new Dictionary<string, double?>
        {
            ["avg"] = Delta.Pct(now.Values["avg"], before?.Values["avg"]),
            ["count"] = Delta.Pct(now.Values["count"], before?.Values["count"]),
        });

    private static string NameOf(AggregateGroup group) => group.Key["name"]!;

    private static AggregateQuery Query(Guid projectId, MetricRange range, IReadOnlyList<string> names) => new(
        new SeriesFilter { ProjectId = projectId, Names = names, Sources = [MetricSource.User] }, range, [new(AggregationKind.Last), new(AggregationKind.Avg), new(AggregationKind.Count)])
    {
        GroupBy = ["name"],
    };
}
