namespace Platform.Dashboards;

/// <summary>Compares figures with those of the time before (delivery.md §0.7).</summary>
public static class Delta
{
    /// <summary>Percent of change with two decimals; null where there is nothing to compare with.</summary>
    public static double? Pct(double? now, double? before) => now is { } current && before is { } former and not 0 ? Math.Round((current - former) / former * 100, 2) : null;

    /// <summary>A share with four decimals; null of nothing.</summary>
    public static double? Rate(double part, double whole) => whole == 0 ? null : Math.Round(part / whole, 4);
}
