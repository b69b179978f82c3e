using Platform.UserFunctions;

namespace Platform.Functions.UserFunctions;

/// <summary>Keeps the records of invocations to their retention.</summary>
public sealed class TimerSweepFunctions(FunctionSweep sweep)
{
    /// <summary>Delete records of invocations that are older than their retention.</summary>
    [Function("Timer_SweepFunctions")]
    public Task RunAsync([TimerTrigger("0 30 2 * * *")] TimerInfo timer, CancellationToken ct) => sweep.DeleteOldAsync(ct);
}
