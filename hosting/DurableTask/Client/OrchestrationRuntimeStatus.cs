namespace EmbeddedFunctions.DurableTask.Client;

/// <summary>Where an orchestration is in its life; the numbers are those of the official enumeration.</summary>
public enum OrchestrationRuntimeStatus
{
    Running = 0,
    Completed = 1,

    [Obsolete("No instance has it any more; callers may still ask for it.")]
    ContinuedAsNew = 2,
    Failed = 3,

    [Obsolete("No instance has it; callers may still ask for it.")]
    Canceled = 4,
    Terminated = 5,
    Pending = 6,
    Suspended = 7,
}
