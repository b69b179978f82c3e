namespace Platform.Metrics;

/// <summary>
/// What can be told of points without keeping them. Deviations are summed by Welford's and merged by Chan's method, which stay exact where the difference of two
/// large sums of squares would not. Of points at the same time the greater value counts as the later one.
/// </summary>
internal sealed class Statistic
{
    public long Count { get; private set; }

    public double Sum { get; private set; }

    /// <summary>Sum of the squared differences from the mean.</summary>
    public double Deviation { get; private set; }

    public double Minimum { get; private set; } = double.PositiveInfinity;

    public double Maximum { get; private set; } = double.NegativeInfinity;

    public long FirstAt { get; private set; } = long.MaxValue;

    public double First { get; private set; }

    public long LastAt { get; private set; } = long.MinValue;

    public double Last { get; private set; }

    public double Mean => Sum / Count;

    /// <summary>Standard deviation of the population.</summary>
    public double Spread => Math.Sqrt(Math.Max(0, Deviation / Count));

    public void Add(long at, double value)
    {
        var before = Count == 0 ? value : Mean;
        Count++;
        Sum += value;
        Deviation += (value - before) * (value - Mean);
        Bound(value, value, at, value, at, value);
    }

    public void Merge(Statistic other)
    {
        if (other.Count == 0)
            return;
        if (Count > 0)
        {
            var apart = other.Mean - Mean;
            Deviation += apart * apart * ((double)Count * other.Count / (Count + other.Count));
        }

        Count += other.Count;
        Sum += other.Sum;
        Deviation += other.Deviation;
        Bound(other.Minimum, other.Maximum, other.FirstAt, other.First, other.LastAt, other.Last);
    }

    public static Statistic Of(MetricRollup row) => new()
    {
        Count = row.Count,
        Sum = row.Sum,
        Deviation = row.Deviation,
        Minimum = row.Minimum,
        Maximum = row.Maximum,
        FirstAt = row.FirstAt,
        First = row.First,
        LastAt = row.LastAt,
        Last = row.Last,
    };

    private void Bound(double minimum, double maximum, long firstAt, double first, long lastAt, double last)
    {
        Minimum = Math.Min(Minimum, minimum);
        Maximum = Math.Max(Maximum, maximum);
        if (firstAt < FirstAt || (firstAt == FirstAt && first < First))
            (FirstAt, First) = (firstAt, first);
        if (lastAt > LastAt || (lastAt == LastAt && last > Last))
            (LastAt, Last) = (lastAt, last);
    }
}
