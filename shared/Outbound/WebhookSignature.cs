using System.Security.Cryptography;
using System.Text;

namespace Platform.Outbound;

/// <summary>Secrets that sign calls to users' receivers, and the two forms of signature that are sent.</summary>
public static class WebhookSignature
{
    private const string Prefix = "whsec_";
    private const int MinBytes = 24;
    private const int MaxBytes = 64;
    private const int NewBytes = 32;

    /// <summary>A secret that nobody has seen: <c>whsec_</c> and 32 random bytes in Base64.</summary>
    public static string NewSecret() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(NewBytes));

    /// <summary>Whether a secret of the receiver's own has the form: <c>whsec_</c> and 24 to 64 bytes in Base64.</summary>
    public static bool IsSecret(string text)
    {
        Span<byte> key = stackalloc byte[MaxBytes + 2];
        return text.StartsWith(Prefix, StringComparison.Ordinal) && !text.Any(char.IsWhiteSpace)
            && Convert.TryFromBase64String(text[Prefix.Length..], key, out var length) && length is >= MinBytes and <= MaxBytes;
    }

    /// <summary>
    /// The header <c>webhook-signature</c> of Standard Webhooks: for each secret <c>v1,</c> and the Base64 of HMAC-SHA256 over <c>id.timestamp.body</c>,
    /// keyed with the bytes behind <c>whsec_</c>.
    /// </summary>
    /// <param name="secrets">The newest first; more than one while a rotation overlaps.</param>
    public static string Standard(IEnumerable<string> secrets, string id, long unixSeconds, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{id}.{unixSeconds}."), .. body];
        return string.Join(' ', secrets.Select(secret => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret[Prefix.Length..]), signed))}"));
    }

    /// <summary>The header <c>X-Signature</c> of notifications: <c>t=…,v1=</c> and the hexadecimal HMAC-SHA256 over <c>timestamp.body</c>, keyed with the secret's text.</summary>
    public static string Timed(string secret, long unixSeconds, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{unixSeconds}."), .. body];
        return $"t={unixSeconds},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.ASCII.GetBytes(secret), signed))}";
    }
}
