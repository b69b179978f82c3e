using Platform.Alerts;

namespace Platform.Functions.Alerts;

/// <summary>Keeps no closed incident longer than <c>Alerts:IncidentRetentionDays</c>.</summary>
public sealed class TimerSweepIncidents(IncidentSweep sweep)
{
    /// <summary>Delete incidents that have been closed for long.</summary>
    [Function("Timer_SweepIncidents")]
    public Task RunAsync([TimerTrigger("0 35 2 * * *")] TimerInfo timer, CancellationToken ct) => sweep.SweepAsync(ct);
}
