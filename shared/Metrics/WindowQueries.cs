using Microsoft.Extensions.Options;

namespace Platform.Metrics;

/// <summary>Works out one figure of the points of one name within a window.</summary>
public sealed class WindowQueries(SeriesQueries series, PointReader points, IOptions<AnalyticsOptions> options)
{
    /// <summary>The figure of t − window &lt; timestamp ≤ t. Without a point a sum, count or rate is 0 and everything else absent (delivery.md §6.2).</summary>
    public async Task<Result<WindowFigure>> ReadAsync(Guid projectId, string metric, Func<MetricSeries, bool> fits, Aggregation aggregation, DateTimeOffset at, int seconds, CancellationToken ct)
    {
        var found = (await series.FindAsync(new SeriesFilter { ProjectId = projectId, Names = [metric] }, ct)).Where(fits).ToList();
        var end = at.ToUnixTimeMilliseconds() + 1;
        var range = new RangePiece(0, end - (seconds * 1000L), end);
        var table = new AggregateTable(null, aggregation.NeedsPoints, found.ToDictionary(one => one.Id, _ => 0), groups: 1);
        if (!await points.ReadAsync(table, found, range, options.Value.MaxPointsPerQuery, ct))
            return MetricErrors.QueryTooLarge(options.Value.MaxPointsPerQuery);
        var whole = table.Whole(0);
        var value = whole.ValueOf(aggregation, seconds) ?? (table.Points == 0 && (aggregation.Kind is AggregationKind.Sum or AggregationKind.Rate) ? 0 : (double?)null);
        return new WindowFigure(value, table.Points, at.AddSeconds(-seconds), at);
    }

    /// <summary>Whether the project has had a point of this name.</summary>
    public async Task<bool> KnowsAsync(Guid projectId, string metric, CancellationToken ct) =>
        (await series.FindAsync(new SeriesFilter { ProjectId = projectId, Names = [metric] }, ct)).Count > 0;
}

/// <param name="Value">Null when there is none.</param>
/// <param name="Points">How many points it is worked out of.</param>
/// <param name="From">Exclusive.</param>
/// <param name="To">Inclusive.</param>
public sealed record WindowFigure(double? Value, long Points, DateTimeOffset From, DateTimeOffset To);
