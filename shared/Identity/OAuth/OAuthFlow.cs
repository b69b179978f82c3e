using System.Security.Cryptography;
using System.Text;
using Platform.Data;

namespace Platform.Identity.OAuth;

public enum OAuthMode
{
    Signin,
    Connect,
}

/// <summary>One trip of a browser to a provider and back, known by the hash of its state. Good once and for ten minutes.</summary>
[PlatformScoped]
public sealed class OAuthFlow
{
    /// <summary>How long a flow and its cookie live.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    /// <summary>SHA-256 of the state, hex.</summary>
    public required string StateHash { get; init; }

    public required IdentityProvider Provider { get; init; }

    public required OAuthMode Mode { get; init; }

    /// <summary>Who connects; null for a sign-in.</summary>
    public Guid? UserId { get; init; }

    /// <summary>A path of this platform.</summary>
    public required string RedirectTo { get; init; }

    /// <summary>The path gets <c>github_connected=true</c> after a connection.</summary>
    public bool TellsConnected { get; init; }

    /// <summary>Sealed.</summary>
    public required string CodeVerifier { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? ConsumedAt { get; private set; }

    public static string Hash(string state) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(state)));
}
