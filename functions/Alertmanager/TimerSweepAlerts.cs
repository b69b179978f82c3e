using Platform.Alertmanager;

namespace Platform.Functions.Alertmanager;

/// <summary>Keeps the states of alerts to their retention.</summary>
public sealed class TimerSweepAlerts(AlertSweep sweep)
{
    /// <summary>Forget alerts of which nothing was heard for long.</summary>
    [Function("Timer_SweepAlerts")]
    public Task RunAsync([TimerTrigger("0 0 3 * * *")] TimerInfo timer, CancellationToken ct) => sweep.DeleteOldAsync(ct);
}
