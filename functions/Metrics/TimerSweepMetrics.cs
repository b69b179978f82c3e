using Platform.Metrics;

namespace Platform.Functions.Metrics;

/// <summary>Keeps no points longer than the platform's settings say.</summary>
public sealed class TimerSweepMetrics(MetricSweep sweep)
{
    /// <summary>Delete points past their retention and series without points.</summary>
    [Function("Timer_SweepMetrics")]
    public Task RunAsync([TimerTrigger("0 30 2 * * *")] TimerInfo timer, CancellationToken ct) => sweep.SweepAsync(ct);
}
