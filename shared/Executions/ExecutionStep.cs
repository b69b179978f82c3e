namespace Platform.Executions;

public enum ExecutionStepKind
{
    /// <summary>No slot is free; the saga sleeps until it is woken.</summary>
    Waiting,

    /// <summary>The sandbox did not start and the script did not run; it is in the queue again.</summary>
    StartFailed,

    /// <summary>The end of the run could not be stored; the outcome is handed back to be stored later.</summary>
    Unstored,

    /// <summary>The execution has ended and its result is stored.</summary>
    Over,
}

/// <summary>How far the saga of an execution came in one go.</summary>
public sealed record ExecutionStep(ExecutionStepKind Kind, Guid? RunToken = null, ExecutionOutcome? Outcome = null)
{
    public static ExecutionStep Over { get; } = new(ExecutionStepKind.Over);

    public static ExecutionStep Waiting { get; } = new(ExecutionStepKind.Waiting);

    public static ExecutionStep StartFailed { get; } = new(ExecutionStepKind.StartFailed);
}
