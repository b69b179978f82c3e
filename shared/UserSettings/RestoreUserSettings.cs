
namespace Platform.UserSettings;

/// <summary>
/// Brings back the caller's settings of an earlier time. What was changed since then is undone from the last change to the first, which gives what folding all
/// events until then gives, and needs none of those that have expired.
/// </summary>
public sealed class RestoreUserSettings(SettingsStream stream, ChangeUserSettings change, TimeProvider clock)
{
    private const int MaxUndone = 10_000;

    public Task<Result<VersionedSettings>> RestoreAsync(DateTimeOffset to, string? reason, CancellationToken ct) =>
        change.RestoreAsync(state => FindAsync(state, to, ct), to, reason, ct);

    private async Task<Result<SettingsDocument>> FindAsync(SettingsState state, DateTimeOffset to, CancellationToken ct)
    {
        var head = state.Snapshot;
        var now = clock.GetUtcNow();
        if (to > (now > head.UpdatedAt ? now : head.UpdatedAt))
            return UserSettingsErrors.InTheFuture;
        if (await OldestKnownAsync(head, ct) is { } oldest && to < oldest)
            return UserSettingsErrors.Expired(oldest);

        var (document, undone) = (state.Current, 0);
        await foreach (var stored in stream.ReadBackAsync(head.UserId, to, ct))
        {
            var payload = SettingsEventPayload.Of(stored);
            if (payload.Version > head.Version)
                continue; // came while this was read; the store of the restoration will notice
            if (++undone > MaxUndone)
                return UserSettingsErrors.TooFarBack;
            document = SettingsFold.Undo(document, payload.Changes);
        }

        return document;
    }

    /// <summary>Before it nobody knows what the settings were; null when the whole stream is there.</summary>
    private async Task<DateTimeOffset?> OldestKnownAsync(SettingsSnapshot head, CancellationToken ct)
    {
        if (head.Version == SettingsSnapshot.FirstVersion)
            return null;
        if (await stream.FindOldestAsync(head.UserId, ct) is not { } oldest)
            return head.UpdatedAt;
        return SettingsEventPayload.Of(oldest).Version > SettingsSnapshot.FirstVersion + 1 ? oldest.Timestamp : null;
    }
}
