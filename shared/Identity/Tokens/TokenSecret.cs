using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Platform.Identity;

/// <summary>
/// The plain form of access tokens: <c>pf_</c>, 32 random bytes in base64url (43 characters) and the CRC-32 of those characters in 6 base62 digits, so that a
/// mistyped token is told without a look-up; keys of jobs are <c>job_</c> and 32 hex digits. Shown once, stored nowhere.
/// </summary>
public static class TokenSecret
{
    public const string Prefix = "pf_";
    public const string JobPrefix = "job_";

    /// <summary>Characters kept and shown of a token; the families show the first 8 or all of them.</summary>
    public const int ShownLength = 11;

    private const int SecretBytes = 32;
    private const int JobBytes = 16;
    private const int BodyLength = 43;
    private const int ChecksumLength = 6;
    private const int JobDigits = 2 * JobBytes;
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly SearchValues<char> Base64UrlLetters = SearchValues.Create(Base62 + "-_");
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    public static string Create(TokenKind kind)
    {
        if (kind == TokenKind.Job)
            return JobPrefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(JobBytes));
        var body = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        Span<char> checksum = stackalloc char[ChecksumLength];
        Write(Crc32.Of(body), checksum);
        return string.Concat(Prefix, body, checksum);
    }

    /// <summary>Whether the text is meant to be an access token.</summary>
    public static bool IsToken(ReadOnlySpan<char> text) => text.StartsWith(Prefix, StringComparison.Ordinal) || text.StartsWith(JobPrefix, StringComparison.Ordinal);

    /// <summary>Whether the text has the form of a token, its checksum included; says nothing about whether there is one.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        if (text.StartsWith(JobPrefix, StringComparison.Ordinal))
            return text.Length == JobPrefix.Length + JobDigits && !text[JobPrefix.Length..].ContainsAnyExcept(HexDigits);
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || text.Length != Prefix.Length + BodyLength + ChecksumLength)
            return false;
        var body = text.Slice(Prefix.Length, BodyLength);
        if (body.ContainsAnyExcept(Base64UrlLetters))
            return false;
        Span<char> checksum = stackalloc char[ChecksumLength];
        Write(Crc32.Of(body), checksum);
        return text[^ChecksumLength..].SequenceEqual(checksum);
    }

    private static void Write(uint number, Span<char> digits)
    {
        for (var i = digits.Length - 1; i >= 0; i--, number /= 62)
            digits[i] = Base62[(int)(number % 62)];
    }
}
