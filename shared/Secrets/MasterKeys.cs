using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Platform.Secrets;

/// <summary>The keys that wrap data keys: the current one and former ones, told apart by an id that is derived from the key.</summary>
public sealed class MasterKeys
{
    private readonly Dictionary<string, byte[]> _keys = new(StringComparer.Ordinal);

    public MasterKeys(IOptions<SecretsOptions> options, DataDirectory data)
    {
        var file = new MasterKeyFile(data);
        var current = options.Value.MasterKey is { } configured ? Convert.FromBase64String(configured) : file.ReadOrCreate();
        CurrentId = Add(current);
        foreach (var previous in options.Value.PreviousMasterKeys)
            Add(Convert.FromBase64String(previous));
        if (options.Value.MasterKey is not null && file.Read() is { } generated)
            Add(generated); // an installation that began with a generated key goes on to read what it wrapped
    }

    public string CurrentId { get; }

    internal byte[] Wrap(byte[] dataKey, byte[] associatedData) => AesGcmBox.Seal(_keys[CurrentId], dataKey, associatedData);

    internal byte[] Unwrap(string keyId, byte[] wrapped, byte[] associatedData) =>
        _keys.TryGetValue(keyId, out var key)
            ? AesGcmBox.Open(key, wrapped, associatedData)
            : throw new CryptographicException($"The master key {keyId} is not configured (Secrets:MasterKey, Secrets:PreviousMasterKeys)");

    private string Add(byte[] key)
    {
        var id = Convert.ToHexStringLower(HMACSHA256.HashData(key, "platform master key id"u8).AsSpan(0, 8));
        _keys[id] = key;
        return id;
    }
}
