namespace Platform.Replay;

/// <summary>What a session was asked to do; stored with it and never changed.</summary>
public sealed record ReplayConfig
{
    /// <summary>From here on there are no pauses between events.</summary>
    public const double FullSpeed = 100;

    public required ReplayType ReplayType { get; init; }

    public required ReplayTarget Target { get; init; }

    public required ReplayFilter Filter { get; init; }

    public double SpeedMultiplier { get; init; } = 1;

    public bool PreserveTimestamps { get; init; }

    public int BatchSize { get; init; } = 100;

    public long? MaxEvents { get; init; }

    public bool SkipErrors { get; init; } = true;

    public bool RetryFailed { get; init; }

    public int RetryAttempts { get; init; } = 3;

    /// <summary>The consumer that takes the events as news; all others treat them as history.</summary>
    public string? TargetService { get; init; }

    public string? TargetFilePath { get; init; }

    /// <summary>As it is shown; the address itself is sealed in the session's row.</summary>
    public string? CallbackUrl { get; init; }
}
