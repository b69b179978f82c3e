using System.Security.Cryptography;

namespace Platform.Secrets;

/// <summary>AES-256-GCM with a random 96-bit nonce: nonce, tag, ciphertext. One key seals 2³² texts safely; keys here are per organization.</summary>
internal static class AesGcmBox
{
    public const int KeyLength = 32;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    public static byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> associatedData)
    {
        var box = new byte[NonceLength + TagLength + plain.Length];
        var nonce = box.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(nonce, plain, box.AsSpan(NonceLength + TagLength), box.AsSpan(NonceLength, TagLength), associatedData);
        return box;
    }

    /// <summary>Throws <see cref="CryptographicException"/> when the box was changed, or sealed with another key or other associated data.</summary>
    public static byte[] Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> box, ReadOnlySpan<byte> associatedData)
    {
        if (box.Length < NonceLength + TagLength)
            throw new CryptographicException("The sealed text is too short");
        var plain = new byte[box.Length - NonceLength - TagLength];
        using var aes = new AesGcm(key, TagLength);
        aes.Decrypt(box[..NonceLength], box[(NonceLength + TagLength)..], box.Slice(NonceLength, TagLength), plain, associatedData);
        return plain;
    }
}
