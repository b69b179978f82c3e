using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Platform.Data;

namespace Platform.Secrets;

/// <summary>
/// <see cref="ISecretBox"/> over <see cref="DataKeyRing"/>. A sealed text is <c>v1.{data key version}.{base64url of nonce, tag, ciphertext}</c>;
/// organization, version and the caller's associated data are authenticated with it.
/// </summary>
public sealed class SecretBox(DataKeyRing keys, PlatformDbContext db) : ISecretBox
{
    private const string Format = "v1";

    public async Task<string> SealAsync(Guid organizationId, string associatedData, string plainText, CancellationToken ct)
    {
        var key = await keys.CurrentAsync(organizationId, db, ct);
        var box = AesGcmBox.Seal(key.Bytes, Encoding.UTF8.GetBytes(plainText), Bind(organizationId, key.Version, associatedData));
        return $"{Format}.{key.Version}.{Base64Url.EncodeToString(box)}";
    }

    public async Task<string> OpenAsync(Guid organizationId, string associatedData, string sealedText, CancellationToken ct)
    {
        var (version, box) = Parse(sealedText);
        var key = await keys.FindAsync(organizationId, version, db, ct);
        return Encoding.UTF8.GetString(AesGcmBox.Open(key.Bytes, box, Bind(organizationId, version, associatedData)));
    }

    private static (int Version, byte[] Box) Parse(string sealedText)
    {
        var parts = sealedText.Split('.');
        if (parts is [Format, var version, var box] && int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && Base64Url.IsValid(box))
            return (number, Base64Url.DecodeFromChars(box));
        throw new CryptographicException("This is no sealed text");
    }

    private static byte[] Bind(Guid organizationId, int version, string associatedData) =>
        Encoding.UTF8.GetBytes($"{organizationId:D}/{version}/{associatedData}");
}
