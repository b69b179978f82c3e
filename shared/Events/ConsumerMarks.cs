using Microsoft.EntityFrameworkCore;

using Platform.Data;

namespace Platform.Events;

/// <summary>The two rows that a consumer leaves per event, written in its transaction without loading them.</summary>
internal static class ConsumerMarks
{
    /// <summary>True for whoever takes the key first, or after it expired.</summary>
    public static async Task<bool> ClaimAsync(PlatformDbContext db, DatabaseSettings settings, string key, DateTimeOffset now, TimeSpan lifetime, CancellationToken ct)
    {
        var (created, expires) = (settings.Instant(now), settings.Instant(now + lifetime));
        return await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO idempotency_keys (key, status, created_at, completed_at, expires_at) VALUES ({key}, 'completed', {created}, {created}, {expires})
            ON CONFLICT (key) DO UPDATE SET created_at = excluded.created_at, completed_at = excluded.completed_at, expires_at = excluded.expires_at
            WHERE idempotency_keys.expires_at <= excluded.created_at
            """,
            ct) == 1;
    }

    /// <summary>Replayed events have an offset of their own: they come after originals that were never handled, and must not hide them.</summary>
    public static string TrackOf(string subscription, PlatformEvent stored) => stored.ReplayOf is null ? subscription : $"{subscription}:replays";

    /// <summary>A replayed event also acknowledges its original.</summary>
    public static async Task AcknowledgeAsync(
        PlatformDbContext db, DatabaseSettings settings, string subscription, PlatformEvent stored, DateTimeOffset now, CancellationToken ct)
    {
        if (stored is not { AggregateId: { } aggregate, Sequence: { } sequence })
            return;
        await AdvanceAsync(db, settings, TrackOf(subscription, stored), aggregate, sequence, now, ct);
        if (stored.ReplayOf is { } original && await db.Events.Where(e => e.EventId == original).Select(e => e.Sequence).SingleOrDefaultAsync(ct) is { } before)
            await AdvanceAsync(db, settings, subscription, aggregate, before, now, ct);
    }

    private static async Task AdvanceAsync(
        PlatformDbContext db, DatabaseSettings settings, string track, string aggregate, long sequence, DateTimeOffset now, CancellationToken ct) =>
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO consumer_offsets (consumer, aggregate_id, sequence, updated_at) VALUES ({track}, {aggregate}, {sequence}, {settings.Instant(now)})
            ON CONFLICT (consumer, aggregate_id) DO UPDATE SET sequence = excluded.sequence, updated_at = excluded.updated_at
            WHERE consumer_offsets.sequence < excluded.sequence
            """,
            ct);
}
