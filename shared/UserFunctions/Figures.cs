namespace Platform.UserFunctions;

/// <summary>Statistics as the contract defines them (delivery §0.7).</summary>
internal static class Figures
{
    public static double? Percentile(IReadOnlyList<long> sorted, double p)
    {
        if (sorted.Count == 0)
            return null;
        var rank = p / 100 * (sorted.Count - 1);
        var (low, high) = (sorted[(int)Math.Floor(rank)], sorted[(int)Math.Ceiling(rank)]);
        return Math.Round(low + ((rank - Math.Floor(rank)) * (high - low)), 2);
    }

    public static double? Mean(IReadOnlyList<long> values) => values.Count == 0 ? null : Math.Round(values.Average(), 2);

    public static double? Rate(long part, long whole) => whole == 0 ? null : Math.Round((double)part / whole, 4);

    public static double? DeltaPct(double? now, double? before) => now is { } n && before is { } b && b != 0 ? Math.Round((n - b) / b * 100, 2) : null;
}
