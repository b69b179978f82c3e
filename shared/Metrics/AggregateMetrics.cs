using Microsoft.Extensions.Options;
using Platform.Data;

namespace Platform.Metrics;

/// <summary>Works out statistics of a range, by bucket and group. Percentiles are exact: they are worked out of all points.</summary>
public sealed class AggregateMetrics(PlatformDbContext db, SeriesQueries series, PointReader points, IOptions<AnalyticsOptions> options, TimeProvider clock)
{
    private const int MostBuckets = 1500;
    private const int MostGroups = 100;
    private const string TagPrefix = "tag.";
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public async Task<Result<AggregateReport>> RunAsync(AggregateQuery query, CancellationToken ct)
    {
        var range = new RangePiece(0, query.Range.From.ToUnixTimeMilliseconds(), query.Range.To.ToUnixTimeMilliseconds());
        if (query.AutomaticInterval)
            query = query with { Interval = TimeBuckets.Automatic(range.From, range.To) };
        if (query.Interval is { } seconds && TimeBuckets.Count(range.From, range.To, seconds * 1000L) > MostBuckets)
            return MetricErrors.TooManyBuckets;
        return await db.ReadWithinAsync(Longest, MetricErrors.QueryTooLarge(options.Value.MaxPointsPerQuery), clock, cut => ReadAsync(query, range, cut), ct);
    }

    private async Task<Result<AggregateReport>> ReadAsync(AggregateQuery query, RangePiece range, CancellationToken ct)
    {
        var found = await series.FindAsync(query.Series, ct);
        if (query.Aggregations.Any(aggregation => aggregation.Kind == AggregationKind.Rate) && found.Any(one => one.Kind == MetricKind.Gauge))
            return MetricErrors.RateOfGauge;
        var groups = GroupsOf(found, query.GroupBy);
        var keepsValues = query.Aggregations.Any(aggregation => aggregation.NeedsPoints);
        var table = new AggregateTable(query.Interval, keepsValues, groups.OfSeries, groups.Keys.Count);
        if (!await points.ReadAsync(table, found, range, options.Value.MaxPointsPerQuery, ct))
            return MetricErrors.QueryTooLarge(options.Value.MaxPointsPerQuery);
        return new AggregateReportBuilder(query, range, table).Build(groups.Keys, MostGroups);
    }

    private static (List<string?[]> Keys, Dictionary<long, int> OfSeries) GroupsOf(IReadOnlyList<MetricSeries> found, IReadOnlyList<string> groupBy)
    {
        var keys = new List<string?[]>();
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var ofSeries = new Dictionary<long, int>();
        if (groupBy.Count == 0)
            keys.Add([]); // one group, also when nothing is found
        foreach (var one in found)
        {
            string?[] key = [.. groupBy.Select(word => PartOf(one, word))];
            var text = string.Concat(key.Select(part => part is null ? "-" : $"{part.Length}:{part}"));
            if (groupBy.Count > 0 && numbers.TryAdd(text, keys.Count))
                keys.Add(key);
            ofSeries[one.Id] = numbers.GetValueOrDefault(text);
        }

        return (keys, ofSeries);
    }

    private static string? PartOf(MetricSeries series, string word) => word switch
    {
        "name" => series.Name,
        "type" => series.Type,
        "source" => EnumWords<MetricSource>.ToWord(series.Source),
        _ => series.Tags.GetValueOrDefault(word[TagPrefix.Length..]),
    };
}
