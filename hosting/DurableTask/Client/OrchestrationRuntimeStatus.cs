namespace EmbeddedFunctions.DurableTask.Client;

/// <summary>Where an orchestration is in its life; the numbers are those of the official enumeration.</summary>
public enum OrchestrationRuntimeStatus
{
    Running = 0,
    Completed = 1,
    Failed = 3,
    Terminated = 5,
    Pending = 6,
    Suspended = 7,
}
