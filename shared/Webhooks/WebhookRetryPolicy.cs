namespace Platform.Webhooks;

public enum BackoffStrategy
{
    Exponential,
    Linear,
    Fixed,
}

/// <summary>How often and when a webhook's deliveries are tried.</summary>
public sealed record WebhookRetryPolicy
{
    public BackoffStrategy Strategy { get; init; } = BackoffStrategy.Exponential;

    /// <summary>1–15, the first try included.</summary>
    public int MaxAttempts { get; init; } = 8;

    /// <summary>1–3600.</summary>
    public int InitialDelaySeconds { get; init; } = 5;

    /// <summary>1–10; of the exponential strategy.</summary>
    public double Multiplier { get; init; } = 5;

    /// <summary>1–86400.</summary>
    public int MaxDelaySeconds { get; init; } = 21_600;

    /// <summary>0–0.5: the largest part of a delay that chance adds or takes away.</summary>
    public double Jitter { get; init; } = 0.1;

    /// <summary>1–30; of one attempt, from the first look-up to the last byte of the answer.</summary>
    public int TimeoutSeconds { get; init; } = 15;

    /// <summary>Exhausted deliveries in a row that switch the webhook off, 0–100; 0 never does.</summary>
    public int DisableAfterFailures { get; init; } = 10;

    /// <summary>The pause after a number of failed attempts.</summary>
    /// <param name="chance">Between -1 and 1; what the jitter is multiplied with.</param>
    public TimeSpan DelayAfter(int failures, double chance)
    {
        var seconds = Strategy switch
        {
            BackoffStrategy.Exponential => InitialDelaySeconds * Math.Pow(Multiplier, failures - 1),
            BackoffStrategy.Linear => (double)InitialDelaySeconds * failures,
            _ => InitialDelaySeconds,
        };
        if (Strategy != BackoffStrategy.Fixed)
            seconds = Math.Min(MaxDelaySeconds, seconds);
        return TimeSpan.FromSeconds(seconds * (1 + (Jitter * chance)));
    }
}
