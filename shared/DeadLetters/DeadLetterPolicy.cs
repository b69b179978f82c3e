namespace Platform.DeadLetters;

public enum RetryStrategy
{
    Immediate,
    FixedInterval,
    ExponentialBackoff,

    /// <summary>After the shorter of both delays.</summary>
    Scheduled,

    /// <summary>Never by itself.</summary>
    Manual,
}

/// <summary>When and how often a dead letter is retried by itself (executions.md §2.10).</summary>
public sealed record DeadLetterPolicy(
    RetryStrategy Strategy, int MaxRetries, double BaseDelaySeconds, double MaxDelaySeconds, double RetryMultiplier, double JitterFactor = DeadLetterPolicy.UsualJitter)
{
    public const double UsualJitter = 0.1;

    /// <summary>Messages expire long before; keeps sums of dates in bounds whatever the delays are.</summary>
    private const double LongestDelay = 366 * 86_400;

    /// <param name="retryCount">Retries so far.</param>
    /// <param name="jitter">Between -1 and 1; random, so that messages that failed together do not come back together.</param>
    /// <param name="now">The time of the failure.</param>
    public DateTimeOffset NextRetry(int retryCount, double jitter, DateTimeOffset now) => now.AddSeconds(Math.Min(DelaySeconds(retryCount, jitter), LongestDelay));

    private double DelaySeconds(int retryCount, double jitter)
    {
        switch (Strategy)
        {
            case RetryStrategy.FixedInterval:
                return BaseDelaySeconds;
            case RetryStrategy.ExponentialBackoff:
                var delay = Math.Min(BaseDelaySeconds * Math.Pow(RetryMultiplier, retryCount), MaxDelaySeconds);
                return Math.Max(0, delay + (delay * JitterFactor * jitter));
            case RetryStrategy.Scheduled:
                return Math.Min(BaseDelaySeconds, MaxDelaySeconds);
            default:
                return 0;
        }
    }
}

/// <summary>The policies that hold where nobody has set another.</summary>
public static class BuiltInDeadLetterPolicies
{
    public static readonly DeadLetterPolicy Default = new(RetryStrategy.ExponentialBackoff, 4, 60, 1800, 2.5);

    private static readonly DeadLetterPolicy Pods = new(RetryStrategy.ExponentialBackoff, 3, 60, 600, 3);

    private static readonly Dictionary<string, DeadLetterPolicy> ByTopic = new(StringComparer.Ordinal)
    {
        ["execution_events"] = new(RetryStrategy.ExponentialBackoff, 5, 30, 300, 2),
        ["pod_events"] = Pods,
        ["pod_status_updates"] = Pods,
        ["resource_events"] = new(RetryStrategy.Immediate, 3, 0, 0, 1),
        ["notification_events"] = new(RetryStrategy.FixedInterval, 10, 10, 10, 1),
    };

    public static IReadOnlyCollection<string> Topics => ByTopic.Keys;

    public static DeadLetterPolicy Of(string topic) => ByTopic.GetValueOrDefault(topic, Default);
}
