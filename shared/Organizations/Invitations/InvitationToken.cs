using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Organizations;

/// <summary>The secret in an invitation's link: 32 random bytes, base64url. Only its hash is stored.</summary>
internal static class InvitationToken
{
    private const int Bytes = 32;

    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
