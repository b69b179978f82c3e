using Platform.Variables;

namespace Platform.Functions.Variables;

/// <summary>Keeps no content of file variables that nobody can reach.</summary>
public sealed class TimerSweepVariableFiles(VariableFileSweep sweep)
{
    /// <summary>Delete uploaded files that no variable names.</summary>
    [Function("Timer_SweepVariableFiles")]
    public Task RunAsync([TimerTrigger("0 45 3 * * *")] TimerInfo timer, CancellationToken ct) => sweep.RunAsync(ct);
}
