namespace Platform.Chaos.Workflows;

/// <summary>The one activity. How often it fails is planned, but a kill may fall between an execution and the record of its result, so that it runs at least as often.</summary>
public sealed class ActivityFunctions(ExecutionLog log)
{
    internal const string Work = "Chaos_Work";

    [Function(Work)]
    public async Task<long> WorkAsync([ActivityTrigger] WorkInput input, CancellationToken ct)
    {
        var execution = log.Add(input.Key);
        if (input.Milliseconds > 0)
            await Task.Delay(input.Milliseconds, ct); // work that a kill can interrupt
        return execution <= input.Failures ? throw new InvalidOperationException(WorkflowFunctions.PlannedFailure) : Values.Of(input.Key);
    }
}
