using System.Text.Json;
using Platform.Data;

namespace Platform.UserSettings;

/// <summary>Reads the settings of users, and how they came to be.</summary>
public sealed class UserSettingsQueries(PlatformDbContext db, SettingsStream stream, UserSettingsCache cache)
{
    /// <summary>The settings in force, from memory where they are known; null for a user who is not there.</summary>
    public Task<VersionedSettings?> FindAsync(Guid userId, CancellationToken ct) =>
        cache.GetAsync(userId, async () => (await stream.ReadAsync(userId, ct))?.Versioned);

    /// <summary>The changes that have not expired, the newest first, one row per field.</summary>
    public async Task<SettingsHistory> HistoryAsync(Guid userId, int limit, CancellationToken ct)
    {
        var rows = new List<SettingsHistoryRow>();
        await foreach (var stored in stream.ReadBackAsync(userId, after: null, ct))
        {
            rows.AddRange(SettingsEventPayload.Of(stored).Changes.Select(change => new SettingsHistoryRow(
                stored.Timestamp, stored.EventType, change.FieldPath, change.OldValue, change.NewValue, change.ChangeReason, stored.CorrelationId)));
            if (rows.Count >= limit)
                break;
        }

        return new SettingsHistory([.. rows.Take(limit)], await CountAsync(userId, ct));
    }

    private async Task<long> CountAsync(Guid userId, CancellationToken ct)
    {
        if (await db.SettingsSnapshots.FindAsync([userId], ct) is not { } head || await stream.FindOldestAsync(userId, ct) is not { } oldest)
            return 0;
        var first = SettingsEventPayload.Of(oldest);
        return head.TotalChanges - (first.TotalChanges - first.Changes.Count);
    }
}

/// <summary>One changed field.</summary>
public sealed record SettingsHistoryRow(
    DateTimeOffset Timestamp, string EventType, string Field, JsonElement? OldValue, JsonElement? NewValue, string? Reason, string? CorrelationId);

/// <summary>Changes of settings; <paramref name="Total"/> counts all that have not expired.</summary>
public sealed record SettingsHistory(IReadOnlyList<SettingsHistoryRow> History, long Total);
