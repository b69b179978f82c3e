using Platform.Scripts;

namespace Platform.Functions.Scripts;

/// <summary>Runs saved scripts by their schedules.</summary>
public sealed class TimerRunScheduledScripts(ScheduledRuns runs)
{
    /// <summary>Start the runs that are due.</summary>
    [Function("Timer_RunScheduledScripts")]
    public Task RunAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken ct) => runs.StartDueAsync(ct);
}
