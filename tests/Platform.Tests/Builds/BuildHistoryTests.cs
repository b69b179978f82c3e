using Platform.Builds;

namespace Platform.Tests.Builds;

/// <summary>The figures of delivery §2.4, worked out by hand.</summary>
public sealed class BuildHistoryTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static PastBuild Past(BuildStatus status, int minute, long duration = 1000, string branch = "main", string? commit = null, string? step = null) => new(
        Guid.CreateVersion7(), status, branch, commit, Noon, Noon.AddMinutes(minute), duration, 10, status == BuildStatus.Failed ? BuildFailureCode.StepFailed : null, step);

    [Fact]
    public void Recovery_RunsFromTheFirstFailureToTheNextSuccess()
    {
        PastBuild[] builds =
        [
            Past(BuildStatus.Failed, 0), Past(BuildStatus.TimedOut, 5), Past(BuildStatus.Succeeded, 10), Past(BuildStatus.Failed, 20), Past(BuildStatus.Succeeded, 40),
            Past(BuildStatus.Failed, 50), Past(BuildStatus.Failed, 0, branch: "other"),
        ];
        Assert.Equal((long)TimeSpan.FromMinutes(15).TotalMilliseconds, BuildHistory.RecoveryOf(builds));
        Assert.Null(BuildHistory.RecoveryOf([Past(BuildStatus.Failed, 0)]));
    }

    [Fact]
    public void Percentiles_AreInterpolated()
    {
        var sorted = BuildHistory.Successes([Past(BuildStatus.Succeeded, 0, 100), Past(BuildStatus.Succeeded, 0, 200), Past(BuildStatus.Succeeded, 0, 400), Past(BuildStatus.Failed, 0, 9000)]);
        Assert.Equal(new DurationFigures(233, 100, 400, 200, 360, 380, 396), BuildHistory.DurationsOf(sorted));
        Assert.Equal(new DurationFigures(null, null, null, null, null, null, null), BuildHistory.DurationsOf([]));
    }

    [Fact]
    public void Rates_LeaveCancelledBuildsOut()
    {
        var totals = BuildHistory.TotalsOf([Past(BuildStatus.Succeeded, 0), Past(BuildStatus.Cancelled, 0), Past(BuildStatus.TimedOut, 0), Past(BuildStatus.Failed, 0)]);
        Assert.Equal((new BuildTotals(4, 1, 1, 1, 1), 0.3333), (totals, BuildHistory.SuccessRateOf(totals)));
        Assert.Null(BuildHistory.SuccessRateOf(new BuildTotals(1, 0, 0, 0, 1)));
    }

    [Fact]
    public void Flakiness_IsOfCommitsThatDidBoth()
    {
        PastBuild[] builds =
        [
            Past(BuildStatus.Succeeded, 0, commit: "a"), Past(BuildStatus.Failed, 1, commit: "a"), Past(BuildStatus.Failed, 0, commit: "b"), Past(BuildStatus.Failed, 1, commit: "b"),
            Past(BuildStatus.Succeeded, 0, commit: "c"), Past(BuildStatus.Succeeded, 0),
        ];
        Assert.Equal(0.5, BuildHistory.FlakinessOf(builds));
        Assert.Equal(new FailureReason(BuildFailureCode.StepFailed, "test", 2, 0.6667), BuildHistory.ReasonsOf([Past(BuildStatus.Failed, 0, step: "test"), Past(BuildStatus.Failed, 0, step: "test"), Past(BuildStatus.Failed, 0)])[0]);
    }

    [Fact]
    public void Trend_ListsEveryDay()
    {
        var trend = BuildHistory.TrendOf([Past(BuildStatus.Succeeded, 0, 500), Past(BuildStatus.Failed, 60 * 24)], Noon.AddDays(-1), Noon.AddDays(2));
        Assert.Equal([(0, 0), (1, 0), (0, 1), (0, 0)], trend.Select(day => (day.Succeeded, day.Failed)));
        Assert.Equal((500L, null), (trend[1].P50, trend[0].SuccessRate));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("\u001b[31mred\u001b[0m", "\u001b[31mred\u001b[0m")]
    [InlineData("a\u001b[2Kb\u001b]0;title\u0007c", "abc")]
    [InlineData("a\u001b]8;;http://x\u001b\\b", "ab")]
    [InlineData("a\rb\u0000c\u001b", "abc")]
    public void PlainText_KeepsColoursOnly(string message, string plain) => Assert.Equal(plain, LogText.Plain(message));
}
