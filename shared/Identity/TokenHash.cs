using System.Security.Cryptography;
using System.Text;

namespace Platform.Identity;

/// <summary>SHA-256 of a credential, as the key under which it is remembered and stored; the credential itself is kept nowhere.</summary>
public readonly record struct TokenHash(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>Characters of the longest credential.</summary>
    public const int MaxTokenLength = 2048;

    /// <param name="token">ASCII, at most <see cref="MaxTokenLength"/> characters.</param>
    public static TokenHash Of(ReadOnlySpan<char> token)
    {
        Span<byte> text = stackalloc byte[MaxTokenLength];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.ASCII.GetBytes(token, text)], hash);
        return new(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..]), BitConverter.ToUInt64(hash[16..]), BitConverter.ToUInt64(hash[24..]));
    }

    /// <summary>The hash that a row holds.</summary>
    public static TokenHash Parse(string hex)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Convert.FromHexString(hex, hash, out _, out _);
        return new(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..]), BitConverter.ToUInt64(hash[16..]), BitConverter.ToUInt64(hash[24..]));
    }

    /// <summary>Whether both are the same, in constant time.</summary>
    public bool Matches(TokenHash other) => ((A ^ other.A) | (B ^ other.B) | (C ^ other.C) | (D ^ other.D)) == 0;

    /// <summary>Lower-case hex, as stored.</summary>
    public override string ToString()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        BitConverter.TryWriteBytes(hash, A);
        BitConverter.TryWriteBytes(hash[8..], B);
        BitConverter.TryWriteBytes(hash[16..], C);
        BitConverter.TryWriteBytes(hash[24..], D);
        return Convert.ToHexStringLower(hash);
    }
}
