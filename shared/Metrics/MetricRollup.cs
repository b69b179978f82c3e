using Platform.Data;

namespace Platform.Metrics;

/// <summary>
/// The points of one series within a minute or an hour, summed up as they are stored, so that long ranges are read by these; reached through the series only.
/// </summary>
[PlatformScoped]
public sealed class MetricRollup
{
    /// <summary>Lengths in seconds that are kept, the longest first.</summary>
    public static readonly IReadOnlyList<int> Resolutions = [3600, 60];

    /// <summary>Points beyond it, either side of 0, are counted but not summed: no sum of others and of their squares leaves the range of a double.</summary>
    public const double LargestValue = 1e150;

    public required long SeriesId { get; init; }

    /// <summary>Its length in seconds.</summary>
    public required int Resolution { get; init; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public required long Start { get; init; }

    public required long Count { get; init; }

    public required double Sum { get; init; }

    /// <summary>Sum of the squared differences from the mean.</summary>
    public required double Deviation { get; init; }

    public required double Minimum { get; init; }

    public required double Maximum { get; init; }

    public required long FirstAt { get; init; }

    public required double First { get; init; }

    public required long LastAt { get; init; }

    public required double Last { get; init; }

    /// <summary>The roll-ups that points of a batch add to, in the order of their keys.</summary>
    internal static IReadOnlyList<MetricRollup> Of(IReadOnlyList<NewPoint> points)
    {
        var statistics = new SortedDictionary<(long SeriesId, int Resolution, long Start), Statistic>();
        foreach (var resolution in Resolutions)
        {
            foreach (var point in points)
            {
                var key = (point.SeriesId, resolution, TimeBuckets.StartOf(point.At, resolution * 1000L));
                if (!statistics.TryGetValue(key, out var statistic))
                    statistics.Add(key, statistic = new Statistic());
                statistic.Add(point.At, Math.Abs(point.Value) > LargestValue ? 0 : point.Value);
            }
        }

        return [.. statistics.Select(pair => Of(pair.Key.SeriesId, pair.Key.Resolution, pair.Key.Start, pair.Value))];
    }

    private static MetricRollup Of(long seriesId, int resolution, long start, Statistic statistic) => new()
    {
        SeriesId = seriesId,
        Resolution = resolution,
        Start = start,
        Count = statistic.Count,
        Sum = statistic.Sum,
        Deviation = statistic.Deviation,
        Minimum = statistic.Minimum,
        Maximum = statistic.Maximum,
        FirstAt = statistic.FirstAt,
        First = statistic.First,
        LastAt = statistic.LastAt,
        Last = statistic.Last,
    };
}
