using EmbeddedFunctions.Worker;

namespace EmbeddedFunctions.Timers;

internal static class RetryDelays
{
    /// <summary>How long to wait before the repeat with the given number (from 1).</summary>
    public static TimeSpan Before(RetryAttribute policy, int repeat)
    {
        if (policy is FixedDelayRetryAttribute constant)
            return TimeSpan.Parse(constant.DelayInterval);

        var backoff = (ExponentialBackoffRetryAttribute)policy;
        var minimum = TimeSpan.Parse(backoff.MinimumInterval);
        var maximum = TimeSpan.Parse(backoff.MaximumInterval);
        var delay = minimum * Math.Pow(2, Math.Min(repeat - 1, 30));
        return delay < maximum ? delay : maximum;
    }
}
