using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.UserSettings;

/// <summary>Changes the caller's settings: each change is one event. The version decides between two at once; the one that loses is tried once more, then refused.</summary>
public sealed class ChangeUserSettings(
    PlatformDbContext db, Caller caller, SettingsStream stream, UserSettingsCache cache, AuditTrail audit, TimeProvider clock)
{
    private const int Tries = 2;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    /// <summary>Stores what <paramref name="change"/> makes of the settings in force; without a difference nothing.</summary>
    public Task<Result<VersionedSettings>> ChangeAsync(Func<SettingsDocument, Result<SettingsDocument>> change, string? reason, CancellationToken ct) =>
        RunAsync(state => Task.FromResult(change(state.Current)), reason, restoredTo: null, ct);

    /// <summary>Stores the state that <paramref name="find"/> finds as a restoration, with a snapshot.</summary>
    internal Task<Result<VersionedSettings>> RestoreAsync(
        Func<SettingsState, Task<Result<SettingsDocument>>> find, DateTimeOffset to, string? reason, CancellationToken ct) => RunAsync(find, reason, to, ct);

    private async Task<Result<VersionedSettings>> RunAsync(
        Func<SettingsState, Task<Result<SettingsDocument>>> next, string? reason, DateTimeOffset? restoredTo, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await stream.ReadAsync(caller.UserId!.Value, ct) is not { } state)
                return UserSettingsErrors.NotFound;
            var wanted = await next(state);
            if (!wanted.IsOk)
                return wanted.Error;
            try
            {
                return await StoreAsync(state, wanted.Value, reason, restoredTo, ct);
            }
            catch (DbUpdateException lost) when (lost is DbUpdateConcurrencyException || lost.IsUniqueViolation())
            {
                db.Discard();
                if (attempt == Tries)
                    return UserSettingsErrors.Stale;
            }
        }
    }

    private async Task<VersionedSettings> StoreAsync(SettingsState state, SettingsDocument after, string? reason, DateTimeOffset? restoredTo, CancellationToken ct)
    {
        var head = state.Snapshot;
        var now = After(head.UpdatedAt);
        var changes = SettingsFold.Between(state.Current, after, now, reason);
        audit.Target("user_settings", head.UserId);
        if (changes.Count == 0)
            return state.Versioned;

        if (head.Version == SettingsSnapshot.FirstVersion)
            db.Add(head);
        head.Advance(changes.Count, now);
        if (head.IsDue || restoredTo is not null)
            state.Keep(after, now);
        audit.Note("fields", changes.ConvertAll(change => change.FieldPath));
        db.Raise(EventOf(head, changes, reason, restoredTo) with { Version = head.Version, TotalChanges = head.TotalChanges, Timestamp = now });
        await db.SaveChangesAsync(ct);
        cache.Drop(head.UserId);
        return (state with { Current = after }).Versioned;
    }

    // Later than the change before, also where clocks of two nodes differ, so that a time tells which changes were made by then.
    private DateTimeOffset After(DateTimeOffset last)
    {
        var now = UtcMillisecondsConverter.Truncate(clock.GetUtcNow());
        return now > last ? now : last + Tick;
    }

    private static UserSettingsEvent EventOf(SettingsSnapshot head, List<SettingsChange> changes, string? reason, DateTimeOffset? restoredTo)
    {
        if (restoredTo is not null)
            return new UserSettingsUpdated(head.UserId, changes, reason, "restored", restoredTo);
        return changes is [{ FieldPath: var path }]
            ? path switch
            {
                "theme" => new UserThemeChanged(head.UserId, changes, reason),
                "notifications" => new UserNotificationSettingsUpdated(head.UserId, changes, reason),
                "editor" => new UserEditorSettingsUpdated(head.UserId, changes, reason),
                _ => new UserSettingsUpdated(head.UserId, changes, reason),
            }
            : new UserSettingsUpdated(head.UserId, changes, reason);
    }
}
