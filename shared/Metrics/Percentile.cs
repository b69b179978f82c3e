namespace Platform.Metrics;

/// <summary>Linear interpolation between closest ranks, as SQL's <c>percentile_cont</c> (delivery.md §0.7).</summary>
public static class Percentile
{
    /// <param name="sorted">At least one value, ascending.</param>
    /// <param name="percent">0 to 100.</param>
    public static double Of(double[] sorted, int percent)
    {
        var rank = percent / 100.0 * (sorted.Length - 1);
        var (below, above) = ((int)Math.Floor(rank), (int)Math.Ceiling(rank));
        return below == above ? sorted[below] : sorted[below] + ((rank - below) * (sorted[above] - sorted[below]));
    }
}
