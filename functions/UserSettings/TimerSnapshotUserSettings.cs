using Platform.UserSettings;

namespace Platform.Functions.UserSettings;

/// <summary>Keeps settings whose events expire.</summary>
public sealed class TimerSnapshotUserSettings(UserSettingsSweep sweep)
{
    /// <summary>Take snapshots of settings before their events are deleted.</summary>
    [Function("Timer_SnapshotUserSettings")]
    public Task RunAsync([TimerTrigger("0 15 2 * * *")] TimerInfo timer, CancellationToken ct) => sweep.KeepAsync(ct);
}
