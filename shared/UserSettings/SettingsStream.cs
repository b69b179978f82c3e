using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;
using Platform.Identity;

namespace Platform.UserSettings;

/// <summary>
/// Reads the stream of a user's settings. It is his in every organization, whatever the caller's credential is bound to; who may ask is the caller's business.
/// On PostgreSQL an event has no sequence until the relay has numbered it, but it counts: those are read first, and again when they are numbered meanwhile.
/// </summary>
public sealed class SettingsStream(PlatformDbContext db)
{
    private const int Page = 50;
    private const string Replayed = "replayed";

    /// <summary>The settings in force: the latest snapshot and the events after it. Null for a user who is not there.</summary>
    internal async Task<SettingsState?> ReadAsync(Guid userId, CancellationToken ct)
    {
        using (db.ActAs(Caller.Platform))
        {
            if (await db.SettingsSnapshots.SingleOrDefaultAsync(snapshot => snapshot.UserId == userId, ct) is { } snapshot)
                return await FoldAsync(snapshot, ct);
            return await db.Users.Where(user => user.Id == userId).Select(user => (DateTimeOffset?)user.CreatedAt).SingleOrDefaultAsync(ct) is { } registeredAt
                ? new SettingsState(SettingsSnapshot.Begin(userId, registeredAt), new SettingsDocument(), NewestSequence: 0)
                : null;
        }
    }

    /// <summary>The user's events, the newest first.</summary>
    /// <param name="after">Only what happened later.</param>
    internal async IAsyncEnumerable<PlatformEvent> ReadBackAsync(Guid userId, DateTimeOffset? after, [EnumeratorCancellation] CancellationToken ct)
    {
        using var platform = db.ActAs(Caller.Platform);
        var events = EventsOf(userId);
        if (after is { } time)
            events = events.Where(stored => stored.Timestamp > time);

        var fresh = await events.Where(stored => stored.Sequence == null).OrderByDescending(stored => stored.RowId).ToListAsync(ct);
        foreach (var stored in fresh.Where(IsOriginal))
            yield return stored;
        var (last, page) = (long.MaxValue, new List<PlatformEvent>());
        do
        {
            var before = last;
            page = await events.Where(stored => stored.Sequence < before).OrderByDescending(stored => stored.Sequence).Take(Page).ToListAsync(ct);
            foreach (var stored in page.Where(IsOriginal).ExceptBy(fresh.Select(known => known.EventId), stored => stored.EventId))
                yield return stored;
            last = page.LastOrDefault()?.Sequence ?? 0;
        }
        while (page.Count == Page);
    }

    /// <summary>The oldest event of the user that has not expired.</summary>
    internal async Task<PlatformEvent?> FindOldestAsync(Guid userId, CancellationToken ct)
    {
        using (db.ActAs(Caller.Platform))
        {
            var fresh = await EventsOf(userId).Where(stored => stored.Sequence == null).OrderBy(stored => stored.RowId).ToListAsync(ct);
            var (last, page) = (0L, new List<PlatformEvent>());
            do
            {
                var after = last;
                page = await EventsOf(userId).Where(stored => stored.Sequence > after).OrderBy(stored => stored.Sequence).Take(Page).ToListAsync(ct);
                if (page.Find(IsOriginal) is { } oldest)
                    return oldest;
                last = page.LastOrDefault()?.Sequence ?? 0;
            }
            while (page.Count == Page);
            return fresh.Find(IsOriginal);
        }
    }

    // Which events the snapshot lacks their versions tell; the sequence only spares reading old ones.
    private async Task<SettingsState> FoldAsync(SettingsSnapshot snapshot, CancellationToken ct)
    {
        if (snapshot.Version == snapshot.SnapshotVersion)
            return new SettingsState(snapshot, snapshot.Read(), NewestSequence: 0);

        var upTo = snapshot.UpToSequence;
        var fresh = await EventsOf(snapshot.UserId).Where(stored => stored.Sequence == null).ToListAsync(ct);
        var numbered = await EventsOf(snapshot.UserId).Where(stored => stored.Sequence > upTo).ToListAsync(ct);
        var current = fresh.Concat(numbered).Where(IsOriginal).Select(SettingsEventPayload.Of)
            .Where(payload => payload.Version > snapshot.SnapshotVersion && payload.Version <= snapshot.Version)
            .DistinctBy(payload => payload.Version).OrderBy(payload => payload.Version)
            .Aggregate(snapshot.Read(), (document, payload) => SettingsFold.Apply(document, payload.Changes));
        return new SettingsState(snapshot, current, numbered.Max(stored => stored.Sequence) ?? 0);
    }

    private IQueryable<PlatformEvent> EventsOf(Guid userId)
    {
        var aggregate = UserSettingsEvent.AggregateOf(userId);
        return db.Events.AsNoTracking().Where(stored => stored.AggregateId == aggregate && stored.ServiceName == UserSettingsEvent.Origin);
    }

    // What a replay puts beside the events happened before.
    private static bool IsOriginal(PlatformEvent stored) =>
        !stored.Metadata.Contains($"\"{Replayed}\"", StringComparison.Ordinal) || stored.ReadMetadata().Extra?.ContainsKey(Replayed) != true;
}

/// <summary>Settings as they were read, with the row that a change of them is stored against.</summary>
/// <param name="NewestSequence">Of the events that were read.</param>
internal sealed record SettingsState(SettingsSnapshot Snapshot, SettingsDocument Current, long NewestSequence)
{
    public VersionedSettings Versioned => new(Snapshot.UserId, Current, Snapshot.Version, Snapshot.CreatedAt, Snapshot.UpdatedAt);

    /// <summary>Takes a snapshot of what is in force.</summary>
    public void Keep(SettingsDocument current, DateTimeOffset now) => Snapshot.Keep(current, NewestSequence, now);
}
