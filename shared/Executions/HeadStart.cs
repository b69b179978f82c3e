using Platform.Sandbox.Runtimes;

namespace Platform.Executions;

/// <summary>A run that begins with its slot, before its saga gets to it; see <see cref="HeadStarts"/>.</summary>
/// <param name="Execution">Claimed, with all that its work changes. From the commit on it belongs to the run alone.</param>
internal sealed record HeadStart(Execution Execution, SupportedRuntime Runtime, string? CorrelationId, RunningExecutions.Running Running)
{
    private readonly TaskCompletionSource<ExecutionStep> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How far it came; fails when nobody knows.</summary>
    public Task<ExecutionStep> End => _end.Task;

    public void Ended(ExecutionStep step) => _end.SetResult(step);

    public void Failed(Exception fault)
    {
        _end.SetException(fault);
        _ = _end.Task.Exception; // seen, whether or not a saga waits for it
    }
}
