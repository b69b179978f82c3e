using System.Buffers.Text;
using System.Security.Cryptography;

namespace EmbeddedFunctions.Storage;

/// <summary>Keeps the function keys.</summary>
internal sealed class KeyStore(HostDatabase database)
{
    private const int KeyBytes = 32;

    /// <summary>Makes the keys that are missing, whichever node comes first, and returns all.</summary>
    public Task<IReadOnlyList<HostKey>> EnsureAsync(IReadOnlyList<(string Scope, string Name)> wanted) => database.WriteAsync<IReadOnlyList<HostKey>>(
        async transaction =>
        {
            await transaction.ExecuteManyAsync(
                "INSERT INTO function_keys (scope, name, value) VALUES (@scope, @name, @value) ON CONFLICT (scope, name) DO NOTHING",
                wanted,
                static (parameters, key) => parameters.Add("scope", key.Scope).Add("name", key.Name).Add("value", NewKey()),
                CancellationToken.None);
            return await transaction.QueryAsync(
                "SELECT scope, name, value FROM function_keys ORDER BY scope, name",
                static _ => { },
                static row => new HostKey(row.GetString(0), row.GetString(1), row.GetString(2)),
                CancellationToken.None);
        },
        CancellationToken.None);

    private static string NewKey() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes));
}
