using System.Text.Json.Serialization;

namespace Platform.Executions;

/// <summary>What a saga orders for its execution. Commands are recorded like events; they cannot be published from outside.</summary>
public abstract record SagaCommand(Guid ExecutionId) : ExecutionEvent(ExecutionId)
{
    [JsonIgnore]
    public override string Topic => ExecutionTopics.Commands;

    [JsonIgnore]
    public override string Service => "system-saga";
}

public sealed record AllocateResourcesCommand(Guid ExecutionId, string CpuRequest, string MemoryRequest) : SagaCommand(ExecutionId)
{
    public override string EventType => "allocate_resources_command";
}

public sealed record ReleaseResourcesCommand(Guid ExecutionId, string CpuRequest, string MemoryRequest) : SagaCommand(ExecutionId)
{
    public override string EventType => "release_resources_command";
}

public sealed record DeletePodCommand(Guid SagaId, Guid ExecutionId, string Reason, string? PodName, string? Namespace) : SagaCommand(ExecutionId)
{
    public override string EventType => "delete_pod_command";
}

public sealed record CreatePodCommand : PodRequest
{
    public CreatePodCommand(Guid sagaId, Guid executionId, PodSpecification pod)
        : base(executionId, pod) => SagaId = sagaId;

    public Guid SagaId { get; }

    public override string EventType => "create_pod_command";

    public override string Topic => ExecutionTopics.Commands;

    public override string Service => "system-saga";
}
