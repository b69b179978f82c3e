using Platform.Alerts;

namespace Platform.Functions.Alerts;

/// <summary>Evaluates alerts when they are due.</summary>
public sealed class TimerEvaluateAlerts(EvaluateAlerts alerts)
{
    /// <summary>Evaluate the alerts that are due.</summary>
    [Function("Timer_EvaluateAlerts")]
    public Task RunAsync([TimerTrigger("*/15 * * * * *")] TimerInfo timer, CancellationToken ct) => alerts.RunDueAsync(ct);
}
