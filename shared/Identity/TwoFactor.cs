using System.Security.Cryptography;
using System.Text;
using Platform.Data;

namespace Platform.Identity;

/// <summary>A user's second factor. On from the first right code, and off until then.</summary>
[PlatformScoped]
public sealed class TwoFactor
{
    public required Guid UserId { get; init; }

    /// <summary>Base64 of the shared secret, sealed.</summary>
    public required string Secret { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? EnabledAt { get; private set; }

    /// <summary>The step of the last code that was taken; none of it or before is taken again.</summary>
    public long LastStep { get; private set; }

    /// <summary>What binds the sealed secret to its row.</summary>
    public static string AssociatedData(Guid userId) => $"two_factors/{userId}/secret";
}

/// <summary>Opens the account once when the second factor is lost.</summary>
[PlatformScoped]
public sealed class RecoveryCode
{
    private const int Bytes = 10;
    private const int Group = 4;

    public required Guid UserId { get; init; }

    /// <summary>SHA-256 of the code without its hyphens, hex.</summary>
    public required string Hash { get; init; }

    public DateTimeOffset? UsedAt { get; private set; }

    /// <summary>80 random bits as four groups of four.</summary>
    public static string Create() => string.Join('-', Totp.ToBase32(RandomNumberGenerator.GetBytes(Bytes)).Chunk(Group).Select(letters => new string(letters)));

    public static string HashOf(string code) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant())));
}
