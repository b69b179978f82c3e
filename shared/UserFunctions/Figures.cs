namespace Platform.UserFunctions;

/// <summary>Statistics of durations with two decimals; null of none.</summary>
internal static class Figures
{
    public static double? Percentile(IReadOnlyList<long> sorted, int percent) => sorted.Count == 0 ? null : Math.Round(Metrics.Percentile.Of(sorted, percent), 2);

    public static double? Mean(IReadOnlyList<long> values) => values.Count == 0 ? null : Math.Round(values.Average(), 2);
}
