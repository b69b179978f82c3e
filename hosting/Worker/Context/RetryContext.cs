namespace EmbeddedFunctions.Worker;

/// <summary>The place of a run in its function's retry policy.</summary>
public abstract class RetryContext
{
    /// <summary>0 for the first run, then the number of the repeat.</summary>
    public abstract int RetryCount { get; }

    /// <summary>How many repeats there are at most; 0 without a policy.</summary>
    public abstract int MaxRetryCount { get; }
}
