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

    public static async Task AcknowledgeAsync(
        PlatformDbContext db, DatabaseSettings settings, string subscription, PlatformEvent stored, DateTimeOffset now, CancellationToken ct)
    {
        if (stored is not { AggregateId: { } aggregate, Sequence: { } sequence })
            return;
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO consumer_offsets (consumer, aggregate_id, sequence, updated_at) VALUES ({subscription}, {aggregate}, {sequence}, {settings.Instant(now)})
            ON CONFLICT (consumer, aggregate_id) DO UPDATE SET sequence = excluded.sequence, updated_at = excluded.updated_at
            WHERE consumer_offsets.sequence < excluded.sequence
            """,
            ct);
    }
}
