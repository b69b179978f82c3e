using Platform.DeadLetters;

namespace Platform.Tests.DeadLetters;

public sealed class DeadLetterPolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(RetryStrategy.Immediate, 0, 0)]
    [InlineData(RetryStrategy.Immediate, 7, 0)]
    [InlineData(RetryStrategy.FixedInterval, 0, 30)]
    [InlineData(RetryStrategy.FixedInterval, 7, 30)]
    [InlineData(RetryStrategy.ExponentialBackoff, 0, 30)]
    [InlineData(RetryStrategy.ExponentialBackoff, 1, 60)]
    [InlineData(RetryStrategy.ExponentialBackoff, 3, 240)]
    [InlineData(RetryStrategy.ExponentialBackoff, 4, 300)] // 480, cut
    [InlineData(RetryStrategy.ExponentialBackoff, 100, 300)]
    [InlineData(RetryStrategy.Scheduled, 0, 30)]
    [InlineData(RetryStrategy.Scheduled, 7, 30)]
    public void NextRetry_EveryStrategy_IsAfterItsDelay(RetryStrategy strategy, int retryCount, double seconds) =>
        Assert.Equal(Now.AddSeconds(seconds), new DeadLetterPolicy(strategy, 10, 30, 300, 2).NextRetry(retryCount, jitter: 0, Now));

    [Theory]
    [InlineData(-1, 54)]
    [InlineData(-0.5, 57)]
    [InlineData(1, 66)]
    public void NextRetry_Exponential_VariesByATenth(double jitter, double seconds) =>
        Assert.Equal(Now.AddSeconds(seconds), new DeadLetterPolicy(RetryStrategy.ExponentialBackoff, 10, 30, 300, 2).NextRetry(1, jitter, Now));

    [Fact]
    public void NextRetry_AnyDelay_StaysWithinTheCalendar()
    {
        var policy = new DeadLetterPolicy(RetryStrategy.ExponentialBackoff, 100, 86_400, double.MaxValue, 10);
        Assert.InRange(policy.NextRetry(99, 1, Now), Now.AddDays(1), Now.AddYears(2));
        Assert.Equal(Now.AddSeconds(10), new DeadLetterPolicy(RetryStrategy.Scheduled, 1, 10, 20, 1).NextRetry(0, 1, Now));
        Assert.Equal(Now.AddSeconds(5), new DeadLetterPolicy(RetryStrategy.Scheduled, 1, 10, 5, 1).NextRetry(0, 1, Now));
    }

    [Theory]
    [InlineData("execution_events", RetryStrategy.ExponentialBackoff, 5, 30, 300, 2)]
    [InlineData("pod_events", RetryStrategy.ExponentialBackoff, 3, 60, 600, 3)]
    [InlineData("pod_status_updates", RetryStrategy.ExponentialBackoff, 3, 60, 600, 3)]
    [InlineData("notification_events", RetryStrategy.FixedInterval, 10, 10, 10, 1)]
    [InlineData("saga_events", RetryStrategy.ExponentialBackoff, 4, 60, 1800, 2.5)]
    public void BuiltIn_Topics_AreThoseOfTheContract(string topic, RetryStrategy strategy, int maxRetries, double baseDelay, double maxDelay, double multiplier) =>
        Assert.Equal(new DeadLetterPolicy(strategy, maxRetries, baseDelay, maxDelay, multiplier), BuiltInDeadLetterPolicies.Of(topic));

    [Fact]
    public void BuiltIn_ResourceEvents_AreRetriedAtOnceThreeTimes() =>
        Assert.Equal((RetryStrategy.Immediate, 3), (BuiltInDeadLetterPolicies.Of("resource_events").Strategy, BuiltInDeadLetterPolicies.Of("resource_events").MaxRetries));

    public static readonly TheoryData<DeadLetterStatus, RetryStrategy, int, DeadLetterStatus> Transitions = new()
    {
        { DeadLetterStatus.Pending, RetryStrategy.Immediate, 0, DeadLetterStatus.Scheduled },
        { DeadLetterStatus.Pending, RetryStrategy.FixedInterval, 1, DeadLetterStatus.Scheduled },
        { DeadLetterStatus.Pending, RetryStrategy.ExponentialBackoff, 2, DeadLetterStatus.Discarded },
        { DeadLetterStatus.Pending, RetryStrategy.Scheduled, 3, DeadLetterStatus.Discarded },
        { DeadLetterStatus.Pending, RetryStrategy.Manual, 0, DeadLetterStatus.Pending },
        { DeadLetterStatus.Pending, RetryStrategy.Manual, 9, DeadLetterStatus.Pending },
        { DeadLetterStatus.Scheduled, RetryStrategy.Immediate, 0, DeadLetterStatus.Scheduled },
        { DeadLetterStatus.Retried, RetryStrategy.Immediate, 0, DeadLetterStatus.Retried },
        { DeadLetterStatus.Discarded, RetryStrategy.Immediate, 0, DeadLetterStatus.Discarded },
    };

    [Theory]
    [MemberData(nameof(Transitions))]
    public void Follow_FromEveryState_GoesWhereThePolicySays(DeadLetterStatus from, RetryStrategy strategy, int retryCount, DeadLetterStatus to)
    {
        var letter = Letter();
        (letter.Status, letter.RetryCount) = (from, retryCount);

        letter.Follow(new DeadLetterPolicy(strategy, 2, 10, 100, 2), 0, Now);

        Assert.Equal(to, letter.Status);
        Assert.Equal(from == DeadLetterStatus.Pending && to == DeadLetterStatus.Scheduled, letter.NextRetryAt is not null);
        Assert.Equal(from == DeadLetterStatus.Pending && to == DeadLetterStatus.Discarded ? "max_retries_exceeded" : null, letter.DiscardReason);
    }

    [Fact]
    public void FailAgain_AfterARetry_WaitsAnewAndKeepsTheFirstErrorAndTheCount()
    {
        var letter = Letter();
        (letter.Status, letter.RetryCount) = (DeadLetterStatus.Retried, 2);

        letter.FailAgain("second", Now.AddMinutes(1));

        Assert.Equal((DeadLetterStatus.Pending, 2, "first", "second", Now.AddMinutes(1)), (letter.Status, letter.RetryCount, letter.Error, letter.LastError, letter.FailedAt));
    }

    private static DeadLetter Letter() => new()
    {
        Id = Guid.CreateVersion7(),
        EventId = Guid.CreateVersion7(),
        OriginalTopic = "t",
        EventType = "e",
        Event = "{}",
        Consumer = "c",
        Error = "first",
        ProducerId = "p",
        DlqOffset = 1,
        FailedAt = Now,
        CreatedAt = Now,
        LastUpdated = Now,
    };
}
