using Platform.Data;

namespace Platform.Identity;

/// <summary>A key that signs session JWTs, made at the first start when none is configured.</summary>
[PlatformScoped]
public sealed class SigningKey
{
    /// <summary>The JWT header's <c>kid</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Sealed.</summary>
    public required string Secret { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
