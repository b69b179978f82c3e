namespace Platform.Identity;

/// <summary>Durations counted in buckets whose bounds grow by √2: up to 1 ms, 1.4, 2, 2.8 … 1 048 576 ms. Percentiles read from them are off by a fifth at most.</summary>
internal static class LatencyBuckets
{
    public const int Count = 41;

    public static int Of(TimeSpan duration) =>
        duration.TotalMilliseconds <= 1 ? 0 : Math.Min(Count - 1, (int)Math.Ceiling(2 * Math.Log2(duration.TotalMilliseconds)));

    /// <summary>The percentile in milliseconds, between the bounds of the bucket in which it lies; null without a count.</summary>
    public static long? Percentile(IReadOnlyDictionary<int, long> counts, double share)
    {
        var total = counts.Values.Sum();
        if (total == 0)
            return null;
        var (wanted, seen) = (share * total, 0L);
        foreach (var (bucket, count) in counts.OrderBy(pair => pair.Key))
        {
            if (seen + count >= wanted)
                return (long)Math.Round(Lower(bucket) + (Upper(bucket) - Lower(bucket)) * (wanted - seen) / count);
            seen += count;
        }
        return (long)Math.Round(Upper(counts.Keys.Max()));
    }

    private static double Upper(int bucket) => Math.Pow(2, bucket / 2.0);

    private static double Lower(int bucket) => bucket == 0 ? 0 : Upper(bucket - 1);
}
