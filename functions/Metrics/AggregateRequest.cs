using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Platform.Metrics;

namespace Platform.Functions.Metrics;

/// <summary>Query of <c>GET /api/analytics/aggregates</c>.</summary>
public sealed partial record AggregateRequest : IValidatableObject
{
    private const string Automatic = "auto";
    private const int ShortestInterval = 10;
    private static readonly string[] Usual = ["avg", "sum", "min", "max", "count", "p50", "p95", "p99"];

    /// <summary>A project of the active organization; absent: the active one.</summary>
    public string? ProjectId { get; init; }

    /// <summary>Names; this or <c>type</c> is required. One with a star at its end is the beginning of names.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string> Name { get; init; } = [];

    /// <summary>Categories.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string> Type { get; init; } = [];

    /// <summary><c>avg</c>, <c>sum</c>, <c>min</c>, <c>max</c>, <c>count</c>, <c>last</c>, <c>first</c>, <c>stddev</c> (of the population), <c>rate</c> (counters), <c>p1</c> to <c>p99</c>.</summary>
    [MaxLength(30)]
    public IReadOnlyList<string> Agg { get; init; } = [];

    /// <summary>Another name of <c>agg</c>.</summary>
    [MaxLength(30)]
    public IReadOnlyList<string> Aggregations { get; init; } = [];

    /// <summary>The first moment that counts.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The first moment that does not count any more.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The time until now, for instance <c>24h</c>, which it is when nothing else is given; at most <c>90d</c>.</summary>
    [RegularExpression(TimeWords.Period)]
    public string? Period { get; init; }

    /// <summary>Length of a bucket: <c>10s</c> or more, or <c>auto</c> for at most 100 buckets; absent: one value for the whole range.</summary>
    [RegularExpression("auto|[1-9][0-9]{0,6}[smhd]")]
    public string? Interval { get; init; }

    /// <summary>At most three of <c>name</c>, <c>type</c>, <c>source</c> and <c>tag.{key}</c>.</summary>
    [MaxLength(3)]
    public IReadOnlyList<string> GroupBy { get; init; } = [];

    /// <summary>Only points with this tag; repeated: with any of the values. Commas belong to the value.</summary>
    [Prefix("tag.")]
    [MaxLength(20)]
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Tags { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>What stands in buckets without points.</summary>
    public BucketFill Fill { get; init; }

    /// <summary>A chosen aggregation of the whole range, by which groups are sorted; absent: by their points.</summary>
    public string? Sort { get; init; }

    /// <summary>Greatest first, unless <c>asc</c>.</summary>
    public SortOrder Order { get; init; }

    private IReadOnlyList<string> Words => Agg.Count + Aggregations.Count == 0 ? Usual : [.. Agg.Concat(Aggregations).Distinct()];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Type.Count == 0 && Name.Count == 0)
            yield return new ValidationResult("Name or type should be given", [nameof(Name)]);
        if (Words.FirstOrDefault(word => Aggregation.Parse(word) is null) is { } unknown)
            yield return new ValidationResult($"'{unknown}' is no aggregation", [nameof(Agg)]);
        if (Interval is not null and not Automatic && TimeWords.Length(Interval).TotalSeconds is < ShortestInterval or > int.MaxValue)
            yield return new ValidationResult("The interval should be at least 10s", [nameof(Interval)]);
        if (GroupBy.Distinct().Count() < GroupBy.Count || GroupBy.Any(word => !Group().IsMatch(word)))
            yield return new ValidationResult("Input should be different ones of 'name', 'type', 'source' and 'tag.{key}'", [nameof(GroupBy)]);
        if (Sort is not null && !Words.Contains(Sort))
            yield return new ValidationResult("Groups are sorted by one of the chosen aggregations", [nameof(Sort)]);
        foreach (var problem in TimeWords.Check(From, To, Period))
            yield return problem;
    }

    internal AggregateQuery ToQuery(Guid project, MetricRange range) => new(
        new SeriesFilter { ProjectId = project, Names = Name, Types = Type, Tags = Tags }, range, [.. Words.Select(word => Aggregation.Parse(word)!.Value)])
    {
        Interval = Interval is null or Automatic ? null : (int)TimeWords.Length(Interval).TotalSeconds,
        AutomaticInterval = Interval == Automatic,
        GroupBy = GroupBy,
        Fill = Fill,
        Sort = Sort is null ? null : Aggregation.Parse(Sort),
        Order = Order,
    };

    [GeneratedRegex(@"\A(name|type|source|tag\.[A-Za-z_][A-Za-z0-9_.-]{0,63})\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Group();
}
