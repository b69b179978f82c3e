using System.Globalization;

namespace Platform.Metrics;

public enum AggregationKind
{
    Avg,
    Sum,
    Min,
    Max,
    Count,
    Last,
    First,
    Stddev,

    /// <summary>Sum per second.</summary>
    Rate,
    Percentile,
}

/// <summary>A figure that is worked out of points: <c>avg</c>, …, or <c>p1</c> to <c>p99</c>.</summary>
public readonly record struct Aggregation(AggregationKind Kind, int Percentile = 0)
{
    public string Word => Kind == AggregationKind.Percentile ? string.Create(CultureInfo.InvariantCulture, $"p{Percentile}") : Kind.ToString().ToLowerInvariant();

    /// <summary>Needs the points themselves.</summary>
    public bool NeedsPoints => Kind == AggregationKind.Percentile;

    public static Aggregation? Parse(string word)
    {
        if (word is ['p', >= '1' and <= '9', ..] && word.Length <= 3 && int.TryParse(word.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var percentile))
            return new Aggregation(AggregationKind.Percentile, percentile);
        return word switch
        {
            "avg" => new Aggregation(AggregationKind.Avg),
            "sum" => new Aggregation(AggregationKind.Sum),
            "min" => new Aggregation(AggregationKind.Min),
            "max" => new Aggregation(AggregationKind.Max),
            "count" => new Aggregation(AggregationKind.Count),
            "last" => new Aggregation(AggregationKind.Last),
            "first" => new Aggregation(AggregationKind.First),
            "stddev" => new Aggregation(AggregationKind.Stddev),
            "rate" => new Aggregation(AggregationKind.Rate),
            _ => null,
        };
    }
}
