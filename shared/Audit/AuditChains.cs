using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Identity;

namespace Platform.Audit;

/// <summary>
/// Puts stored entries into their chains: number, previous hash, hash. Writers of entries do not queue for the end of a chain; an entry becomes part of it up to
/// <see cref="Grace"/> after its commit, in which an operation that is refused late still corrects it. Any number of nodes may run this: a chain's row lets in one.
/// </summary>
public sealed class AuditChains(IServiceScopeFactory scopes, DatabaseSettings settings, TimeProvider clock)
{
    private const int Batch = 200; // what other writers on SQLite wait for

    /// <summary>How long an entry stays open for its operation's outcome.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Links what has waited long enough. True when something younger still waits.</summary>
    public async Task<bool> LinkAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var now = clock.GetUtcNow();
        var settled = now - Grace;
        var chains = await db.AuditEntries.Where(entry => entry.Sequence == null && entry.Timestamp <= settled).Select(entry => entry.Chain).Distinct().ToListAsync(ct);
        foreach (var chain in chains)
        {
            while (await LinkBatchAsync(db, chain, settled, ct) == Batch)
            {
            }
        }

        return await db.AuditEntries.AnyAsync(entry => entry.Sequence == null && entry.Timestamp <= now, ct);
    }

    /// <summary>The chain's row, made when it is missing, locked until the end of the transaction.</summary>
    internal async Task<AuditChain> LockAsync(PlatformDbContext db, Guid id, CancellationToken ct)
    {
        if (await HoldAsync(db, id, ct) == 0)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO audit_chains (id, sequence, hash, anchor_sequence, anchor_hash)
                VALUES ({settings.Key(id)}, 0, {AuditChain.Origin}, 0, {AuditChain.Origin})
                ON CONFLICT DO NOTHING
                """,
                ct);
            await HoldAsync(db, id, ct);
        }

        return await db.AuditChains.SingleAsync(chain => chain.Id == id, ct);
    }

    // An update that changes nothing is a row lock on both databases.
    private static Task<int> HoldAsync(PlatformDbContext db, Guid id, CancellationToken ct) =>
        db.AuditChains.Where(chain => chain.Id == id).ExecuteUpdateAsync(set => set.SetProperty(chain => chain.Sequence, chain => chain.Sequence), ct);

    private Task<int> LinkBatchAsync(PlatformDbContext db, Guid id, DateTimeOffset settled, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            var chain = await LockAsync(db, id, ct);
            var entries = await Waiting(db, id, settled).ToListAsync(ct);
            foreach (var entry in entries)
                chain.Append(entry);
            await db.SaveChangesAsync(ct);
            db.Discard();
            return entries.Count;
        },
        ct);

    // Locked on PostgreSQL: a correction that is under way is waited for and read, a later one finds the entry linked. On SQLite there is one writer.
    private IQueryable<AuditEntry> Waiting(PlatformDbContext db, Guid id, DateTimeOffset settled) => settings.IsSqlite
        ? db.AuditEntries.Where(entry => entry.Chain == id && entry.Sequence == null && entry.Timestamp <= settled)
            .OrderBy(entry => entry.Timestamp).ThenBy(entry => entry.Id).Take(Batch)
        : db.AuditEntries.FromSql(
            $"""
            SELECT * FROM audit_entries WHERE chain = {id} AND sequence IS NULL AND timestamp <= {settled}
            ORDER BY timestamp, id LIMIT {Batch} FOR UPDATE
            """);
}
