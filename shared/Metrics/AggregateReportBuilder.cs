namespace Platform.Metrics;

/// <summary>Makes the report of a filled table.</summary>
internal sealed class AggregateReportBuilder(AggregateQuery query, RangePiece range, AggregateTable table)
{
    private readonly double _rangeSeconds = (range.To - range.From) / 1000.0;

    public AggregateReport Build(List<string?[]> keys, int mostGroups)
    {
        var filled = keys.Select((key, group) => (Key: key, Group: group, Whole: table.Whole(group)))
            .Where(row => query.GroupBy.Count == 0 || row.Whole.Statistic.Count > 0)
            .OrderByDescending(row => row.Whole.Statistic.Count).ThenBy(row => string.Join('\n', row.Key), StringComparer.Ordinal).ToList();
        var shown = filled.Take(mostGroups).Select(row => new AggregateGroup(KeyOf(row.Key), ValuesOf(row.Whole, _rangeSeconds), BucketsOf(row.Group)));
        var interval = query.Interval is { } seconds ? TimeBuckets.Word(seconds) : null;
        return new AggregateReport(query.Range.From, query.Range.To, interval, query.GroupBy, filled.Count > mostGroups, Exact: true, [.. Sorted(shown)]);
    }

    private IEnumerable<AggregateGroup> Sorted(IEnumerable<AggregateGroup> groups)
    {
        if (query.Sort is { } sort)
        {
            var by = sort.Word;
            var some = groups.OrderBy(group => group.Values[by] is null); // nothing stands at the end, whatever the order
            return query.Order == SortOrder.Asc ? some.ThenBy(group => group.Values[by]) : some.ThenByDescending(group => group.Values[by]);
        }

        return query.Order == SortOrder.Asc ? groups.Reverse() : groups;
    }

    private Dictionary<string, string?> KeyOf(string?[] key) => query.GroupBy.Zip(key).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);

    private Dictionary<string, double?> ValuesOf(AggregateCell cell, double seconds) =>
        query.Aggregations.ToDictionary(aggregation => aggregation.Word, aggregation => cell.ValueOf(aggregation, seconds), StringComparer.Ordinal);

    private List<AggregateBucket> BucketsOf(int group)
    {
        List<AggregateBucket> buckets = [];
        if (query.Interval is not { } seconds)
            return buckets;
        var length = seconds * 1000L;
        for (var start = TimeBuckets.StartOf(range.From, length); start < range.To; start += length)
        {
            if (table.Find(group, start) is { } cell)
                buckets.Add(new AggregateBucket(DateTimeOffset.FromUnixTimeMilliseconds(start), ValuesOf(cell, seconds)));
            else if (query.Fill != BucketFill.None)
                buckets.Add(new AggregateBucket(DateTimeOffset.FromUnixTimeMilliseconds(start), EmptyValues()));
        }

        return buckets;
    }

    private Dictionary<string, double?> EmptyValues() => query.Fill == BucketFill.Zero
        ? query.Aggregations.ToDictionary(aggregation => aggregation.Word, _ => (double?)0, StringComparer.Ordinal)
        : ValuesOf(new AggregateCell(), 1);
}
