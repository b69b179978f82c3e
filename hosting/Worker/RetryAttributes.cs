namespace EmbeddedFunctions.Worker;

/// <summary>Base of the retry policies of a function.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class RetryAttribute : Attribute
{
    /// <summary>How many times a failed run is repeated; -1 without end.</summary>
    public int MaxRetryCount { get; set; }
}

/// <summary>Repeats a failed run after the same delay each time.</summary>
public sealed class FixedDelayRetryAttribute : RetryAttribute
{
    /// <summary>A policy with <paramref name="maxRetryCount"/> repeats, each after <paramref name="delayInterval"/> (hh:mm:ss).</summary>
    public FixedDelayRetryAttribute(int maxRetryCount, string delayInterval)
    {
        MaxRetryCount = maxRetryCount;
        DelayInterval = delayInterval;
    }

    /// <summary>The delay as hh:mm:ss.</summary>
    public string DelayInterval { get; }
}

/// <summary>Repeats a failed run after delays that double from a minimum up to a maximum.</summary>
public sealed class ExponentialBackoffRetryAttribute : RetryAttribute
{
    /// <summary>A policy with <paramref name="maxRetryCount"/> repeats; the intervals are hh:mm:ss.</summary>
    public ExponentialBackoffRetryAttribute(int maxRetryCount, string minimumInterval, string maximumInterval)
    {
        MaxRetryCount = maxRetryCount;
        MinimumInterval = minimumInterval;
        MaximumInterval = maximumInterval;
    }

    /// <summary>The first delay as hh:mm:ss.</summary>
    public string MinimumInterval { get; }

    /// <summary>The largest delay as hh:mm:ss.</summary>
    public string MaximumInterval { get; }
}
