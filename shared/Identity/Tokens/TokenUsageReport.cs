using System.Text.Json.Serialization;

namespace Platform.Identity;

/// <summary>How a token was used in a period that ends now, by whole days.</summary>
public sealed record TokenUsageReport
{
    public required Guid TokenId { get; init; }

    public required long TotalRequests { get; init; }

    public required StatusClassCounts ByStatusClass { get; init; }

    /// <summary>Requests answered 429, which are among <c>4xx</c> too.</summary>
    public required long RateLimited { get; init; }

    public required DateTimeOffset? LastUsedAt { get; init; }

    public required string? LastUsedIp { get; init; }

    public required string? LastUserAgent { get; init; }

    public required IReadOnlyList<DailyUse> Daily { get; init; }

    /// <summary>The ten operations with most requests.</summary>
    public required IReadOnlyList<EndpointUse> TopEndpoints { get; init; }

    /// <summary>The ten addresses with most requests.</summary>
    public required IReadOnlyList<AddressUse> Ips { get; init; }

    public required SecretUse SecretUse { get; init; }
}

public sealed record StatusClassCounts(
    [property: JsonPropertyName("2xx")] long Good, [property: JsonPropertyName("3xx")] long Redirected,
    [property: JsonPropertyName("4xx")] long Refused, [property: JsonPropertyName("5xx")] long Failed);

public sealed record DailyUse(DateOnly Date, long Requests, long Errors);

/// <summary>Use of one operation; <paramref name="Route"/> is its template.</summary>
public sealed record EndpointUse(string Method, string Route, long Count, long Errors, long? P95DurationMs);

/// <summary>Use from one address; empty stands for those that were too many to count each.</summary>
public sealed record AddressUse(string Ip, long Count, DateTimeOffset LastSeen);

/// <summary>Requests with the present secret and with the one before the last rotation.</summary>
public sealed record SecretUse(long Current, long Previous);
