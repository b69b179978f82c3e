using Platform.Data;

namespace Platform.DeadLetters;

/// <summary>
/// The retry policy that an organization or the platform has set for a topic. No tenant filter: the platform's rows hold for everybody, and nobody reads
/// policies but the queue of dead letters.
/// </summary>
[PlatformScoped]
public sealed class StoredDeadLetterPolicy
{
    /// <summary>The organization's id, or empty for the platform.</summary>
    public required Guid Scope { get; init; }

    public required string Topic { get; init; }

    public required RetryStrategy Strategy { get; init; }

    public required int MaxRetries { get; init; }

    public required double BaseDelaySeconds { get; init; }

    public required double MaxDelaySeconds { get; init; }

    public required double RetryMultiplier { get; init; }

    public required double JitterFactor { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public DeadLetterPolicy Read() => new(Strategy, MaxRetries, BaseDelaySeconds, MaxDelaySeconds, RetryMultiplier, JitterFactor);
}
