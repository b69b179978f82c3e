using Platform.Notifications;

namespace Platform.Functions.Notifications;

/// <summary>Keeps notifications to their retention.</summary>
public sealed class TimerSweepNotifications(NotificationSweep sweep)
{
    /// <summary>Delete notifications past their retention.</summary>
    [Function("Timer_SweepNotifications")]
    public async Task RunAsync([TimerTrigger("0 0 3 * * *")] TimerInfo timer, CancellationToken ct)
    {
        await sweep.DeleteOldAsync(ct);
        await sweep.DeleteOldSlotsAsync(ct);
    }
}
