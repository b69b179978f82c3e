using Platform.Agents;

namespace Platform.Functions.Agents;

/// <summary>Keeps the agents' tables small.</summary>
public sealed class TimerSweepAgents(AgentSweep sweep)
{
    /// <summary>Delete counters of messages past their retention.</summary>
    [Function("Timer_SweepAgents")]
    public Task RunAsync([TimerTrigger("0 10 3 * * *")] TimerInfo timer, CancellationToken ct) => sweep.DeleteOldCountersAsync(ct);
}
