namespace Platform.Executions;

/// <summary>States of executions.md §2.4. The ones from <see cref="Completed"/> on are terminal and never change.</summary>
public enum ExecutionStatus
{
    Queued,
    Scheduled,
    Running,
    Completed,
    Failed,
    Timeout,
    Cancelled,
    Error,
}

/// <summary>Why an execution did not complete; null for completed and cancelled ones.</summary>
public enum ExecutionErrorType
{
    ScriptError,
    SystemError,
    Timeout,
    ResourceLimit,
    PermissionDenied,
}

public enum ExecutionPriority
{
    Critical,
    High,
    Normal,
    Low,
    Background,
}

public static class ExecutionStates
{
    private static readonly int[] Bands = [0, 1, 5, 8, 10];

    public static bool IsTerminal(this ExecutionStatus status) => status >= ExecutionStatus.Completed;

    public static bool Allows(this ExecutionStatus from, ExecutionStatus to) => (from, to) switch
    {
        (ExecutionStatus.Queued, ExecutionStatus.Scheduled) => true,
        (ExecutionStatus.Scheduled, ExecutionStatus.Queued) => true, // a start that failed before the script ran
        (ExecutionStatus.Scheduled, ExecutionStatus.Running) => true,
        (ExecutionStatus.Running, ExecutionStatus.Completed or ExecutionStatus.Timeout) => true,
        (_, ExecutionStatus.Failed or ExecutionStatus.Cancelled or ExecutionStatus.Error) => !from.IsTerminal(),
        _ => false,
    };

    /// <summary>Position of a priority in the queue; lower leaves first.</summary>
    public static int Band(this ExecutionPriority priority) => Bands[(int)priority];

    /// <summary>The next band behind <paramref name="band"/>; the last one stays.</summary>
    public static int BandBehind(int band) => Array.Find(Bands, b => b > band) is > 0 and var next ? next : Bands[^1];
}
