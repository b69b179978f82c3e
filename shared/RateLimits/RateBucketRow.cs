using Platform.Data;

namespace Platform.RateLimits;

/// <summary>A shared count; read and written by <see cref="SharedRateStore"/> only.</summary>
[PlatformScoped]
internal sealed class RateBucketRow
{
    public required string Bucket { get; init; }

    public required byte[] State { get; init; }

    public required long Version { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    public required long ExpiresAt { get; init; }
}
