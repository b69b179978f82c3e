using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Identity;

namespace Platform.Events;

/// <summary>Deletes what has expired, in batches that do not hold up writers.</summary>
public sealed class EventSweep(IServiceScopeFactory scopes, DatabaseReady ready, WriteGate writes, TimeProvider clock)
{
    private const int Batch = 500;

    /// <summary>How long an offset outlives the last event of its aggregate.</summary>
    private static readonly TimeSpan OffsetLifetime = TimeSpan.FromDays(90);

    public async Task<int> DeleteExpiredEventsAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await DeleteAsync(db => db.Events.Where(e => e.TtlExpiresAt <= now && e.Sequence != null).OrderBy(e => e.TtlExpiresAt).Take(Batch).ExecuteDeleteAsync(ct), ct);
    }

    public async Task<int> DeleteExpiredKeysAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await DeleteAsync(db => db.IdempotencyKeys.Where(k => k.ExpiresAt <= now).OrderBy(k => k.ExpiresAt).Take(Batch).ExecuteDeleteAsync(ct), ct);
    }

    public async Task<int> DeleteOldOffsetsAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - OffsetLifetime;
        return await DeleteAsync(db => db.ConsumerOffsets.Where(o => o.UpdatedAt <= before).ExecuteDeleteAsync(ct), ct);
    }

    private async Task<int> DeleteAsync(Func<PlatformDbContext, Task<int>> batch, CancellationToken ct)
    {
        if (!ready.IsReady)
            return 0;
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var (total, deleted) = (0, 0);
        do
        {
            using (await writes.EnterAsync(ct))
                deleted = await batch(db);
            total += deleted;
        }
        while (deleted == Batch);
        return total;
    }
}
