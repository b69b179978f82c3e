using Platform.Data;

namespace Platform.Events;

/// <summary>Deletes events, keys and offsets that have expired; each method says how many.</summary>
public sealed class EventSweep(ExpiredRows expired, TimeProvider clock)
{
    /// <summary>How long an offset outlives the last event of its aggregate.</summary>
    private static readonly TimeSpan OffsetLifetime = TimeSpan.FromDays(90);

    public Task<int> DeleteExpiredEventsAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return expired.DeleteAsync(db => db.Events.Where(e => e.TtlExpiresAt <= now && e.Sequence != null).OrderBy(e => e.TtlExpiresAt), ct);
    }

    /// <summary>The archive keeps what was deleted as long as the event itself would have been kept.</summary>
    public Task<int> DeleteExpiredArchiveAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return expired.DeleteAsync(db => db.ArchivedEvents.Where(e => e.TtlExpiresAt <= now).OrderBy(e => e.TtlExpiresAt), ct);
    }

    public Task<int> DeleteExpiredKeysAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return expired.DeleteAsync(db => db.IdempotencyKeys.Where(k => k.ExpiresAt <= now).OrderBy(k => k.ExpiresAt), ct);
    }

    public Task<int> DeleteOldOffsetsAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - OffsetLifetime;
        return expired.DeleteAsync(db => db.ConsumerOffsets.Where(o => o.UpdatedAt <= before).OrderBy(o => o.UpdatedAt), ct);
    }
}
