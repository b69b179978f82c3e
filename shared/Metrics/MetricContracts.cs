namespace Platform.Metrics;

/// <summary>A point to record. <paramref name="Value"/> is finite.</summary>
public sealed record MetricDraft(string Name, double Value)
{
    public string Type { get; init; } = "custom";

    public MetricKind Kind { get; init; }

    public string? Unit { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>When it was measured; null = now.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    public MetricSource Source { get; init; }
}

/// <summary>A stored point.</summary>
public sealed record MetricPointView(
    Guid Id, Guid ProjectId, string Name, string Type, MetricKind Kind, double Value, string? Unit, IReadOnlyDictionary<string, string> Tags, DateTimeOffset Timestamp, MetricSource Source)
{
    internal static MetricPointView Of(MetricSeries series, long id, long at, double value) => new(
        MetricPoint.PublicId(at, id), series.ProjectId, series.Name, series.Type, series.Kind, value, series.Unit, series.Tags, DateTimeOffset.FromUnixTimeMilliseconds(at), series.Source);
}

/// <summary>Which series are asked for; an empty list is no condition, several values of one are alternatives.</summary>
public sealed record SeriesFilter
{
    /// <summary>Null: all projects of the organization.</summary>
    public required Guid? ProjectId { get; init; }

    /// <summary>Names; one that ends in <c>*</c> is the beginning of names.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    public IReadOnlyList<string> Types { get; init; } = [];

    public IReadOnlyList<MetricKind> Kinds { get; init; } = [];

    public IReadOnlyList<MetricSource> Sources { get; init; } = [];

    /// <summary>Values by tag.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Tags { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>A further condition.</summary>
    public Func<MetricSeries, bool>? Fits { get; init; }
}

/// <summary>From ≤ t &lt; to.</summary>
public sealed record MetricRange(DateTimeOffset From, DateTimeOffset To);

/// <summary>What an aggregate does where a bucket has no point.</summary>
public enum BucketFill
{
    /// <summary>Its count is 0 and everything else null.</summary>
    Null,
    Zero,

    /// <summary>It is left out.</summary>
    None,
}

/// <summary>What to work out of the points of some series.</summary>
public sealed record AggregateQuery(SeriesFilter Series, MetricRange Range, IReadOnlyList<Aggregation> Aggregations)
{
    /// <summary>Length of a bucket in seconds; null: one value for the whole range.</summary>
    public int? Interval { get; init; }

    /// <summary>The shortest usual bucket of which the range has at most 100.</summary>
    public bool AutomaticInterval { get; init; }

    /// <summary><c>name</c>, <c>type</c>, <c>source</c> or <c>tag.{key}</c>.</summary>
    public IReadOnlyList<string> GroupBy { get; init; } = [];

    public BucketFill Fill { get; init; }

    /// <summary>The aggregation of the whole range by which groups are sorted; null: by their points.</summary>
    public Aggregation? Sort { get; init; }

    public SortOrder Order { get; init; }
}

/// <summary>Aggregates of a range. <paramref name="TruncatedGroups"/>: only the 100 groups with the most points are shown.</summary>
public sealed record AggregateReport(
    DateTimeOffset From, DateTimeOffset To, string? Interval, IReadOnlyList<string> GroupBy, bool TruncatedGroups, bool Exact, IReadOnlyList<AggregateGroup> Groups);

/// <summary>One group: values of the whole range and, when an interval was asked for, of each bucket. A value that does not exist or leaves the range of a number is null.</summary>
public sealed record AggregateGroup(IReadOnlyDictionary<string, string?> Key, IReadOnlyDictionary<string, double?> Values, IReadOnlyList<AggregateBucket> Buckets);

public sealed record AggregateBucket(DateTimeOffset Start, IReadOnlyDictionary<string, double?> Values);
