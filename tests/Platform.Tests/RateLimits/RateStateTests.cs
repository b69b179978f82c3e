using Platform.RateLimits;

namespace Platform.Tests.RateLimits;

public sealed class RateStateTests
{
    private static readonly RateRule Ten = new("ten", 10, TimeSpan.FromMinutes(1)) { Burst = 1.5 };

    [Fact]
    public void SlidingWindow_AtAnyMoment_NeverHoldsMoreThanTheLimitInAWindow()
    {
        var state = RateState.From(null, Ten, 10, tokenBucket: false);
        var random = new Random(7);
        var taken = new List<long>();
        for (long now = 1_000_000; now < 2_000_000; now += random.Next(1, 4000))
        {
            var wanted = random.Next(1, 4);
            taken.AddRange(Enumerable.Repeat(now, state.Take(wanted, now, now)));
            Assert.True(taken.Count(time => time > now - 60_000) <= 10);
        }
        Assert.True(taken.Count > 130);   // and not far fewer either: at least 8 of 10 per minute
    }

    [Fact]
    public void SlidingWindow_WhenFull_SaysWhenTheNextPermitComes()
    {
        var state = RateState.From(null, Ten, 10, tokenBucket: false);
        const long start = 1_795_000_000_500;
        for (var i = 0; i < 10; i++)
            Assert.Equal(1, state.Take(1, start + (i * 2000), start + (i * 2000)));
        var now = start + 20_000;
        Assert.Equal(0, state.Take(1, now, now));
        var free = state.FreeAt(now);
        Assert.InRange(free, start + 60_000, start + 61_000);
        Assert.Equal(0, state.Take(1, free - 1, free - 1));
        Assert.Equal(1, state.Take(1, free, free));
        Assert.Equal(0, state.Take(1, free, free));
    }

    [Fact]
    public void SlidingWindow_LeasedPermits_CountFromTheEndOfTheLease()
    {
        var state = RateState.From(null, Ten, 10, tokenBucket: false);
        const long now = 1_000_000;
        Assert.Equal(10, state.Take(12, now, now + 5000));
        Assert.Equal(0, state.Take(1, now + 61_500, now + 61_500));   // some may have been used 5 s after they were taken
        state.GiveBack(4, now + 5000, now + 5000);
        Assert.Equal(4, state.Take(9, now + 5000, now + 5000));
        Assert.Equal(10, state.Take(12, now + 66_000, now + 66_000));
    }

    [Fact]
    public void TokenBucket_HoldsTheBurstAndRefillsEvenly()
    {
        var state = RateState.From(null, Ten, 10, tokenBucket: true);
        const long now = 1_000_000;
        Assert.Equal(15, state.Take(20, now, now));
        Assert.Equal(now + 6000, state.FreeAt(now));
        Assert.Equal(0, state.Take(1, now + 5999, now + 5999));
        Assert.Equal(1, state.Take(1, now + 6000, now + 6000));
        Assert.Equal(10, state.Take(20, now + 66_000, now + 66_000));
    }

    [Fact]
    public void TokenBucket_LeasedPermits_FillTheBucketUntilTheirEnd()
    {
        var state = RateState.From(null, Ten, 10, tokenBucket: true);
        const long now = 1_000_000;
        Assert.Equal(4, state.Take(4, now, now + 5000));
        Assert.Equal(11, RateState.From(state.ToBytes(), Ten, 10, tokenBucket: true).Take(20, now + 4900, now + 4900));   // the four may be used now as well
        state.GiveBack(1, now + 5000, now + 5000);
        Assert.Equal(12, state.Take(20, now + 5000, now + 5000));
        Assert.Equal(15, RateState.From(state.ToBytes(), Ten, 10, tokenBucket: true).Take(20, now + 200_000, now + 200_000));
    }

    [Fact]
    public void TokenBucket_AtAnyMoment_PassesNoMoreThanBurstAndRefill()
    {
        var state = RateState.From(null, Ten, 10, tokenBucket: true);
        var random = new Random(3);
        var used = new List<long>();
        var leases = new List<(int Count, long End)>();
        for (long now = 1_000_000; now < 1_600_000; now += random.Next(1, 6000))
        {
            foreach (var (count, end) in leases.Where(lease => lease.End <= now))
                state.GiveBack(count, now, end);
            leases.RemoveAll(lease => lease.End <= now);
            var taken = state.Take(random.Next(0, 12), now, now);
            var ahead = taken > 0 && random.Next(2) == 0 ? state.Take(random.Next(1, 5), now, now + 5000) : 0;
            if (ahead > 0)
                leases.Add((ahead, now + 5000));
            if (random.Next(3) == 0)
            {
                taken += leases.Sum(lease => lease.Count);
                leases = [.. leases.Select(lease => (0, lease.End))];
            }

            used.AddRange(Enumerable.Repeat(now, taken));
        }

        Assert.All(used, begin => Assert.All(used.Where(time => time >= begin), end => Assert.InRange(used.Count(time => time >= begin && time <= end), 1, 15 + ((end - begin) / 6000.0) + 1e-6)));
        Assert.True(used.Count > 75, $"{used.Count} of 100 in ten minutes");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Bytes_RoundTrip_KeepTheCount(bool tokenBucket)
    {
        var state = RateState.From(null, Ten, 10, tokenBucket);
        state.Take(4, 1_000_000, 1_000_000);
        state.ReportedAt = 5;
        var copy = RateState.From(state.ToBytes(), Ten, 10, tokenBucket);
        Assert.Equal(state.Remaining(1_001_000), copy.Remaining(1_001_000));
        Assert.Equal(5, copy.ReportedAt);
        Assert.Equal(RateState.From(null, Ten, 10, !tokenBucket).Remaining(1_000_000), RateState.From(state.ToBytes(), Ten, 10, !tokenBucket).Remaining(1_000_000));
    }
}
