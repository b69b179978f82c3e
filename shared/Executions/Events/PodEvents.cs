using System.Text.Json.Serialization;

namespace Platform.Executions;

/// <summary>An event about the sandbox instance ("pod") of an execution: <c>executor-{execution_id}</c> in namespace <c>sandbox</c>.</summary>
public abstract record PodEvent(Guid ExecutionId, string PodName) : ExecutionEvent(ExecutionId)
{
    [JsonIgnore]
    public override string Topic => ExecutionTopics.PodStatus;

    [JsonIgnore]
    public override string Service => "system-sandbox";
}

public sealed record PodCreated(Guid ExecutionId, string PodName, string Namespace) : PodEvent(ExecutionId, PodName)
{
    public override string EventType => "pod_created";

    public override string Topic => ExecutionTopics.Pods;
}

public sealed record PodScheduled(Guid ExecutionId, string PodName, string NodeName) : PodEvent(ExecutionId, PodName)
{
    public override string EventType => "pod_scheduled";

    public override string Topic => ExecutionTopics.Pods;
}

public sealed record PodDeleted(Guid ExecutionId, string PodName, string? Reason) : PodEvent(ExecutionId, PodName)
{
    public override string EventType => "pod_deleted";

    public override string Topic => ExecutionTopics.Pods;
}

public sealed record PodRunning(Guid ExecutionId, string PodName, IReadOnlyList<ContainerStatus> ContainerStatuses) : PodEvent(ExecutionId, PodName)
{
    public override string EventType => "pod_running";
}

public sealed record ContainerStatus(string Name, bool Ready, int RestartCount, string State);

public sealed record PodSucceeded(Guid ExecutionId, string PodName, int ExitCode) : PodEvent(ExecutionId, PodName)
{
    public override string EventType => "pod_succeeded";
}

public sealed record PodFailed(Guid ExecutionId, string PodName, int ExitCode, string? Reason, string? Message) : PodEvent(ExecutionId, PodName)
{
    public override string EventType => "pod_failed";
}

public sealed record PodTerminated(Guid ExecutionId, string PodName, int ExitCode, string? Reason, string? Message) : PodEvent(ExecutionId, PodName)
{
    public override string EventType => "pod_terminated";
}
