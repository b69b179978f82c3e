namespace Platform.Executions;

/// <summary>The durable orchestration of one execution: its name, instance id, input and the events that wake it.</summary>
public static class RunExecution
{
    public const string Name = "ExecutionSaga";
    public const string SlotGranted = "SlotGranted";
    public const string CancelRequested = "CancelRequested";

    public static string InstanceId(Guid executionId) => $"exec-{executionId}";

    public sealed record Input(Guid ExecutionId, string? CorrelationId, int StaleSeconds);
}
