using System.Numerics;

namespace Platform.Metrics;

/// <summary>Linear interpolation between closest ranks, as SQL's <c>percentile_cont</c> (delivery.md §0.7).</summary>
public static class Percentile
{
    /// <param name="sorted">At least one value, ascending.</param>
    /// <param name="percent">0 to 100.</param>
    public static double Of<T>(IReadOnlyList<T> sorted, int percent)
        where T : INumber<T>
    {
        var rank = percent / 100.0 * (sorted.Count - 1);
        var (below, above) = (Math.Floor(rank), Math.Ceiling(rank));
        var (low, high) = (double.CreateChecked(sorted[(int)below]), double.CreateChecked(sorted[(int)above]));
        return below == above ? low : low + ((rank - below) * (high - low));
    }
}
