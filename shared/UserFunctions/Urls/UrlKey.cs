using System.Buffers.Text;
using System.Security.Cryptography;
using Platform.Identity;

namespace Platform.UserFunctions;

/// <summary>The key of a function's URL: <c>fnk_</c> and 32 random bytes in base64url. Shown once; its SHA-256 is stored.</summary>
internal static class UrlKey
{
    private const string Prefix = "fnk_";
    private const int SecretBytes = 32;
    private const int ShownLength = 8;
    private const int MaxLength = 128;

    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    public static string HashOf(string key) => TokenHash.Of(key).ToString();

    /// <summary>What lists show of it.</summary>
    public static string PreviewOf(string key) => key[..ShownLength];

    /// <summary>Whether the key is the one of this hash, in constant time.</summary>
    public static bool Matches(string? key, string? hash) => key is { Length: > 0 and <= MaxLength } && hash is not null && TokenHash.Of(key).Matches(TokenHash.Parse(hash));
}
