using Platform.Identity;

namespace Platform.Tests.Identity.Tokens;

public sealed class LatencyBucketsTests
{
    [Fact]
    public void Percentile_OfManyDurations_IsNearTheTrueOne()
    {
        var durations = Enumerable.Range(1, 1000).Select(i => TimeSpan.FromMilliseconds(i)).ToList();
        var counts = durations.GroupBy(LatencyBuckets.Of).ToDictionary(group => group.Key, group => (long)group.Count());
        Assert.InRange(LatencyBuckets.Percentile(counts, 0.95)!.Value, 760, 1140);
        Assert.InRange(LatencyBuckets.Percentile(counts, 0.5)!.Value, 400, 600);
    }

    [Fact]
    public void Percentile_OfNothing_IsNull() => Assert.Null(LatencyBuckets.Percentile(new Dictionary<int, long>(), 0.95));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 2)]
    [InlineData(100_000_000, LatencyBuckets.Count - 1)]
    public void Of_ADuration_IsItsBucket(double milliseconds, int bucket) => Assert.Equal(bucket, LatencyBuckets.Of(TimeSpan.FromMilliseconds(milliseconds)));
}
