namespace Platform.Metrics;

/// <summary>Buckets of time in milliseconds since 1970 UTC; each begins at a multiple of its length.</summary>
internal static class TimeBuckets
{
    private const int MostAutomatic = 100;
    private static readonly int[] Steps = [10, 30, 60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400];
    private static readonly (int Seconds, char Unit)[] Units = [(86_400, 'd'), (3600, 'h'), (60, 'm'), (1, 's')];

    public static long StartOf(long at, long length) => at - (((at % length) + length) % length);

    /// <summary>How many buckets of <paramref name="length"/> the points of from ≤ t &lt; to fall into.</summary>
    public static long Count(long from, long to, long length) => ((StartOf(to - 1, length) - StartOf(from, length)) / length) + 1;

    /// <summary>Seconds of the shortest usual bucket of which the range has at most 100.</summary>
    public static int Automatic(long from, long to) => Array.Find(Steps, seconds => Count(from, to, seconds * 1000L) <= MostAutomatic) is > 0 and var step ? step : Steps[^1];

    /// <summary>Seconds as <c>90s</c>, <c>15m</c>, <c>1h</c>, <c>2d</c>.</summary>
    public static string Word(int seconds)
    {
        var (length, unit) = Array.Find(Units, unit => seconds % unit.Seconds == 0);
        return $"{seconds / length}{unit}";
    }

    /// <summary>
    /// Cuts a range into pieces: whole hours and whole minutes, which roll-ups answer, and what remains at its ends (resolution 0), which points answer. Only resolutions
    /// that divide <paramref name="interval"/>, if there is one, are used.
    /// </summary>
    public static IEnumerable<RangePiece> Cover(long from, long to, int? interval) =>
        Cover(from, to, [.. MetricRollup.Resolutions.Where(resolution => interval is not { } seconds || seconds % resolution == 0)]);

    private static IEnumerable<RangePiece> Cover(long from, long to, int[] resolutions)
    {
        if (from >= to)
            return [];
        if (resolutions.Length == 0)
            return [new RangePiece(0, from, to)];
        var length = resolutions[0] * 1000L;
        var (first, end) = (StartOf(from + length - 1, length), StartOf(to, length));
        return first >= end
            ? Cover(from, to, resolutions[1..])
            : [.. Cover(from, first, resolutions[1..]), new RangePiece(resolutions[0], first, end), .. Cover(end, to, resolutions[1..])];
    }
}

/// <summary>From ≤ t &lt; to, in milliseconds since 1970 UTC.</summary>
internal readonly record struct RangePiece(int Resolution, long From, long To);
