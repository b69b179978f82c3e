using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Platform.Data;

namespace Platform.Identity;

public enum EmailTokenPurpose
{
    Verify,
    Reset,
}

/// <summary>A link of a mail: proves that its bearer reads the user's mails. Works once, until it expires or the user's address is another.</summary>
[PlatformScoped]
public sealed class EmailToken
{
    private const int Bytes = 32;
    private static readonly TimeSpan VerifyLife = TimeSpan.FromHours(24);
    private static readonly TimeSpan ResetLife = TimeSpan.FromHours(1);

    private EmailToken()
    {
    }

    /// <summary>SHA-256 of the token, hex; the token itself is in the mail only.</summary>
    public string Hash { get; private init; } = "";

    public Guid UserId { get; private init; }

    public EmailTokenPurpose Purpose { get; private init; }

    /// <summary>Where it was sent.</summary>
    public string EmailKey { get; private init; } = "";

    public DateTimeOffset CreatedAt { get; private init; }

    public DateTimeOffset ExpiresAt { get; private init; }

    public DateTimeOffset? UsedAt { get; private set; }

    /// <summary>A token to the user's address, and its plain form.</summary>
    public static (EmailToken Token, string Plain) Issue(User user, EmailTokenPurpose purpose, DateTimeOffset now)
    {
        var plain = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
        var token = new EmailToken
        {
            Hash = HashOf(plain),
            UserId = user.Id,
            Purpose = purpose,
            EmailKey = user.EmailKey ?? throw new InvalidOperationException("The user has no address"),
            CreatedAt = now,
            ExpiresAt = now + (purpose == EmailTokenPurpose.Verify ? VerifyLife : ResetLife),
        };
        return (token, plain);
    }

    public static string HashOf(string plain) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(plain)));
}
