using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;

namespace Platform.Secrets;

/// <summary>
/// Unwrapped data keys by organization and version, at most 1,000 of them for 10 minutes after their last use. Makes the first key of an organization when it is
/// needed, and wraps keys of former master keys anew when it meets them.
/// </summary>
public sealed class DataKeyRing(MasterKeys masterKeys, IServiceScopeFactory scopes, DatabaseSettings settings, TimeProvider clock) : IDisposable
{
    private const int MaxCached = 1000;
    private const int FirstVersion = 1;
    private static readonly TimeSpan CachedFor = TimeSpan.FromMinutes(10);

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = MaxCached });

    /// <summary>The key that seals new texts of the organization.</summary>
    /// <param name="ambient">Used while it is in a transaction: a second connection would wait for that transaction's write lock on SQLite.</param>
    internal async Task<UnwrappedKey> CurrentAsync(Guid organizationId, PlatformDbContext ambient, CancellationToken ct) =>
        Cached(organizationId, FirstVersion)
        ?? await InDatabaseAsync(organizationId, ambient, db => FindAsync(db, organizationId, FirstVersion, ct), ct)
        ?? await InDatabaseAsync(organizationId, ambient, db => CreateAsync(db, organizationId, ct), ct)
        ?? throw new CryptographicException("The organization has no data key");

    /// <summary>The key that a sealed text names.</summary>
    internal async Task<UnwrappedKey> FindAsync(Guid organizationId, int version, PlatformDbContext ambient, CancellationToken ct) =>
        Cached(organizationId, version)
        ?? await InDatabaseAsync(organizationId, ambient, db => FindAsync(db, organizationId, version, ct), ct)
        ?? throw new CryptographicException("The organization has no such data key");

    /// <summary>
    /// Wraps every data key anew that a former master key wraps, and returns how many there were. Afterwards <c>Secrets:PreviousMasterKeys</c> can be emptied.
    /// </summary>
    public async Task<int> RewrapAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var rows = await db.DataKeys.AsNoTracking().Where(key => key.MasterKeyId != masterKeys.CurrentId).ToListAsync(ct);
        foreach (var row in rows)
            await RewrapAsync(db, row, Unwrap(row), ct);
        return rows.Count;
    }

    public void Dispose() => _cache.Dispose();

    private async Task<UnwrappedKey?> InDatabaseAsync(
        Guid organizationId, PlatformDbContext ambient, Func<PlatformDbContext, Task<UnwrappedKey?>> use, CancellationToken ct)
    {
        if (ambient.Database.CurrentTransaction is not null)
        {
            using var acting = ambient.ActAs(Caller.System(organizationId));
            return await use(ambient); // not cached: the row may be rolled back
        }

        await using var scope = scopes.CreateScopeFor(Caller.System(organizationId));
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var key = await use(db);
        return key is null ? null : _cache.Set((organizationId, key.Version), key, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = CachedFor });
    }

    private async Task<UnwrappedKey?> FindAsync(PlatformDbContext db, Guid organizationId, int version, CancellationToken ct)
    {
        var row = await db.DataKeys.AsNoTracking().SingleOrDefaultAsync(key => key.OrganizationId == organizationId && key.Version == version, ct);
        if (row is null)
            return null;
        var plain = Unwrap(row);
        if (row.MasterKeyId != masterKeys.CurrentId)
            await RewrapAsync(db, row, plain, ct);
        return new UnwrappedKey(version, plain);
    }

    private async Task<UnwrappedKey?> CreateAsync(PlatformDbContext db, Guid organizationId, CancellationToken ct)
    {
        var wrapped = masterKeys.Wrap(RandomNumberGenerator.GetBytes(AesGcmBox.KeyLength), AssociatedData(organizationId, FirstVersion));
        // Plain SQL, so that the loser of a race takes the winner's key instead of failing its caller's transaction.
        await db.InTransactionAsync(
            () => db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO data_keys (organization_id, version, master_key_id, wrapped_key, created_at)
                VALUES ({settings.Key(organizationId)}, {FirstVersion}, {masterKeys.CurrentId}, {wrapped}, {settings.Instant(clock.GetUtcNow())})
                ON CONFLICT DO NOTHING
                """, ct),
            ct);
        return await FindAsync(db, organizationId, FirstVersion, ct);
    }

    private Task<int> RewrapAsync(PlatformDbContext db, DataKey row, byte[] plain, CancellationToken ct)
    {
        var wrapped = masterKeys.Wrap(plain, AssociatedData(row.OrganizationId, row.Version));
        var unchanged = db.DataKeys.Where(key => key.OrganizationId == row.OrganizationId && key.Version == row.Version && key.MasterKeyId == row.MasterKeyId);
        return db.InTransactionAsync(
            () => unchanged.ExecuteUpdateAsync(
                set => set.SetProperty(key => key.WrappedKey, wrapped).SetProperty(key => key.MasterKeyId, masterKeys.CurrentId), ct),
            ct);
    }

    private byte[] Unwrap(DataKey row) => masterKeys.Unwrap(row.MasterKeyId, row.WrappedKey, AssociatedData(row.OrganizationId, row.Version));

    private UnwrappedKey? Cached(Guid organizationId, int version) => _cache.Get<UnwrappedKey>((organizationId, version));

    private static byte[] AssociatedData(Guid organizationId, int version) => Encoding.ASCII.GetBytes($"data_keys/{organizationId:D}/{version}");
}

internal sealed record UnwrappedKey(int Version, byte[] Bytes);
