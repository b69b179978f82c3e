using Platform.Data;

namespace Platform.Identity;

/// <summary>How often a token was used on one day for one operation, from one address, with one class of answers.</summary>
[PlatformScoped]
public sealed class TokenUsageDay
{
    public required Guid TokenId { get; init; }

    /// <summary>UTC.</summary>
    public required DateOnly Date { get; init; }

    /// <summary>Method and route template, never the path.</summary>
    public required string Route { get; init; }

    /// <summary><c>2xx</c> … <c>5xx</c>; <c>429</c> apart from the other <c>4xx</c>.</summary>
    public required string Class { get; init; }

    /// <summary>Empty when there were too many addresses to count each.</summary>
    public required string IpAddress { get; init; }

    public long Count { get; init; }

    /// <summary>Those of them with the secret before the last rotation.</summary>
    public long PreviousCount { get; init; }

    public DateTimeOffset LastSeenAt { get; init; }
}

/// <summary>How long the answers to a token took on one day for one operation, as counts in the buckets of <see cref="LatencyBuckets"/>.</summary>
[PlatformScoped]
public sealed class TokenLatencyDay
{
    public required Guid TokenId { get; init; }

    public required DateOnly Date { get; init; }

    public required string Route { get; init; }

    public required int Bucket { get; init; }

    public long Count { get; init; }
}
