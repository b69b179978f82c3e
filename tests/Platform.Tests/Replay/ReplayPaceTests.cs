using Platform.Replay;

namespace Platform.Tests.Replay;

public sealed class ReplayPaceTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(10, 1, 10)]
    [InlineData(10, 4, 2.5)]
    [InlineData(10, 0.1, 100)]
    [InlineData(10, 100, 0)]
    [InlineData(10_000, 1, 300)]
    [InlineData(1_000_000_000, 0.1, 300)]
    [InlineData(-5, 1, 0)]
    [InlineData(0, 1, 0)]
    [InlineData(0.0004, 1, 0)]
    public void Between_TwoEvents_IsTheirDistanceDividedByTheSpeed(double seconds, double speed, double pause) =>
        Assert.Equal(TimeSpan.FromSeconds(pause), ReplayPace.Between(Start, Start.AddSeconds(seconds), speed));

    [Fact]
    public void Between_NothingAndTheFirst_IsNone() => Assert.Equal(TimeSpan.Zero, ReplayPace.Between(null, Start, 1));
}
