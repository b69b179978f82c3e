using Platform.Sandbox.Runtimes;

namespace Platform.Executions;

/// <summary>
/// Answer of <see cref="AdmitExecution"/>: a claimed execution whose script is to be started, an outcome to store, a place in the queue, or none of them when it has ended.
/// </summary>
public sealed record Admission(Execution? ToRun, SupportedRuntime? Runtime, ExecutionOutcome? Refusal, Guid? Fence, bool MustWait)
{
    public static Admission Ended { get; } = new(null, null, null, null, MustWait: false);

    public static Admission Waiting { get; } = new(null, null, null, null, MustWait: true);

    public static Admission Claimed(Execution execution, SupportedRuntime runtime) => new(execution, runtime, null, execution.RunToken, MustWait: false);

    public static Admission Refuse(ExecutionOutcome outcome, Guid? fence = null) => new(null, null, outcome, fence, MustWait: false);
}
