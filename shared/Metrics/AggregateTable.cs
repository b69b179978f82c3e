namespace Platform.Metrics;

/// <summary>Points by group and bucket while they are read. Without an interval a group has one bucket.</summary>
internal sealed class AggregateTable(int? interval, bool keepsValues, IReadOnlyDictionary<long, int> groupOfSeries, int groups)
{
    private readonly Dictionary<long, AggregateCell>[] _cells = [.. Enumerable.Range(0, groups).Select(_ => new Dictionary<long, AggregateCell>())];
    private readonly long _length = (interval ?? 0) * 1000L;
    private (long Series, Dictionary<long, AggregateCell> Cells, long Start, AggregateCell? Cell) _latest = (-1, [], 0, null);

    public int? Interval { get; } = interval;

    /// <summary>Keeps every value, for percentiles.</summary>
    public bool KeepsValues { get; } = keepsValues;

    public long Points { get; private set; }

    public void Add(long series, long at, double value)
    {
        Points++;
        var cell = CellOf(series, at);
        cell.Statistic.Add(at, value);
        if (KeepsValues)
            cell.Values.Add(value);
    }

    public void Add(MetricRollup row)
    {
        Points += row.Count;
        CellOf(row.SeriesId, row.Start).Statistic.Merge(Statistic.Of(row));
    }

    /// <summary>What is known of the bucket; null when it has no point.</summary>
    public AggregateCell? Find(int group, long start) => _cells[group].GetValueOrDefault(start);

    /// <summary>What is known of the whole range.</summary>
    public AggregateCell Whole(int group)
    {
        if (_cells[group].Count == 1)
            return _cells[group].Values.First();
        var whole = new AggregateCell();
        foreach (var cell in _cells[group].Values)
        {
            whole.Statistic.Merge(cell.Statistic);
            whole.Values.AddRange(cell.Values);
        }

        return whole;
    }

    // Points come series by series and mostly in the order of time: the cell is mostly the one of the point before.
    private AggregateCell CellOf(long series, long at)
    {
        var start = _length == 0 ? 0 : TimeBuckets.StartOf(at, _length);
        if (series != _latest.Series)
            _latest = (series, _cells[groupOfSeries[series]], start, null);
        if (_latest.Cell is null || _latest.Start != start)
        {
            if (!_latest.Cells.TryGetValue(start, out var cell))
                _latest.Cells.Add(start, cell = new AggregateCell());
            (_latest.Start, _latest.Cell) = (start, cell);
        }

        return _latest.Cell;
    }
}

/// <summary>The points of one group in one bucket.</summary>
internal sealed class AggregateCell
{
    private double[]? _sorted;

    public Statistic Statistic { get; } = new();

    public List<double> Values { get; } = [];

    /// <summary>Null when there is no point, or the figure is not a finite number.</summary>
    /// <param name="seconds">That a rate is worked out over.</param>
    public double? ValueOf(Aggregation aggregation, double seconds)
    {
        if (aggregation.Kind == AggregationKind.Count)
            return Statistic.Count;
        if (Statistic.Count == 0)
            return null;
        var value = aggregation.Kind switch
        {
            AggregationKind.Avg => Statistic.Mean,
            AggregationKind.Sum => Statistic.Sum,
            AggregationKind.Min => Statistic.Minimum,
            AggregationKind.Max => Statistic.Maximum,
            AggregationKind.Last => Statistic.Last,
            AggregationKind.First => Statistic.First,
            AggregationKind.Stddev => Statistic.Spread,
            AggregationKind.Rate => Statistic.Sum / seconds,
            _ => PercentileOf(aggregation.Percentile),
        };
        return double.IsFinite(value) ? value : null;
    }

    private double PercentileOf(int percentile)
    {
        if (_sorted is null)
        {
            _sorted = [.. Values];
            Array.Sort(_sorted);
        }

        return Percentile.Of(_sorted, percentile);
    }
}
