using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

using Platform.Data;
using Platform.Identity;

namespace Platform.Audit;

/// <summary>
/// Removes entries past <c>Audit:RetentionDays</c> from the front of their chains; the last one removed is kept as the chain's anchor. Stops at a gap, which is
/// evidence and not its business.
/// </summary>
public sealed class AuditRetention(
    IServiceScopeFactory scopes, AuditChains chains, DatabaseReady ready, IOptions<AuditOptions> options, TimeProvider clock, ILogger<AuditRetention> log)
{
    private const int Batch = 500;

    /// <summary>Removes from every chain and says how many.</summary>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        if (!ready.IsReady)
            return 0;
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var before = clock.GetUtcNow().AddDays(-options.Value.RetentionDays);
        var total = 0;
        foreach (var id in await db.AuditChains.OrderBy(chain => chain.Id).Select(chain => chain.Id).ToListAsync(ct))
        {
            int removed;
            do
            {
                removed = await RemoveBatchAsync(db, id, before, ct);
                total += removed;
            }
            while (removed == Batch);
        }

        return total;
    }

    private async Task<int> RemoveBatchAsync(PlatformDbContext db, Guid id, DateTimeOffset before, CancellationToken ct)
    {
        var oldest = await db.AuditEntries.Where(entry => entry.Chain == id && entry.Sequence != null).OrderBy(entry => entry.Sequence)
            .Select(entry => (DateTimeOffset?)entry.Timestamp).FirstOrDefaultAsync(ct);
        return oldest < before ? await RemoveFrontAsync(db, id, before, ct) : 0;
    }

    private Task<int> RemoveFrontAsync(PlatformDbContext db, Guid id, DateTimeOffset before, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            var chain = await chains.LockAsync(db, id, ct);
            var (last, hash) = await FrontAsync(db, chain, before, ct);
            var removed = await db.AuditEntries.Where(entry => entry.Chain == id && entry.Sequence > chain.AnchorSequence && entry.Sequence <= last).ExecuteDeleteAsync(ct);
            if (removed > 0)
                chain.Anchor(last, hash);
            await db.SaveChangesAsync(ct);
            db.Discard();
            return removed;
        },
        ct);

    private async Task<(long Sequence, string Hash)> FrontAsync(PlatformDbContext db, AuditChain chain, DateTimeOffset before, CancellationToken ct)
    {
        var front = await db.AuditEntries.Where(entry => entry.Chain == chain.Id && entry.Sequence > chain.AnchorSequence).OrderBy(entry => entry.Sequence)
            .Select(entry => new { entry.Sequence, entry.Timestamp, entry.Hash }).Take(Batch).ToListAsync(ct);
        var (last, hash) = (chain.AnchorSequence, chain.AnchorHash);
        foreach (var entry in front.TakeWhile(entry => entry.Timestamp < before))
        {
            if (entry.Sequence != last + 1)
            {
                log.LogWarning("Audit chain {Chain} has a gap after entry {Sequence}; nothing after it is removed", chain.Id, last);
                break;
            }

            (last, hash) = (entry.Sequence.Value, entry.Hash!);
        }

        return (last, hash);
    }
}
