namespace Platform.DeadLetters;

/// <summary>How long ago messages failed, in seconds with three decimals.</summary>
internal sealed class Ages(DateTimeOffset now)
{
    private double _sum;
    private double _least = double.MaxValue;
    private double _most;
    private long _count;

    public static double Between(DateTimeOffset failedAt, DateTimeOffset now) => Math.Round(Math.Max(0, (now - failedAt).TotalSeconds), 3);

    public void Add(DateTimeOffset failedAt)
    {
        var age = Between(failedAt, now);
        (_sum, _least, _most, _count) = (_sum + age, Math.Min(_least, age), Math.Max(_most, age), _count + 1);
    }

    public AgeStatistics Summarize() => _count == 0 ? new AgeStatistics(0, 0, 0) : new AgeStatistics(_least, _most, Math.Round(_sum / _count, 3));
}
