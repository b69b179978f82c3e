using System.Text.Json.Serialization;
using Platform.Events;

namespace Platform.Executions;

/// <summary>An event about one execution. The names of the members are the payload fields of executions.md §2.5.</summary>
public abstract record ExecutionEvent(Guid ExecutionId) : DomainEvent
{
    [JsonIgnore]
    public override string Topic => ExecutionTopics.Executions;

    [JsonIgnore]
    public override string? AggregateId => ExecutionId.ToString();

    [JsonIgnore]
    public override string Service => "execution-service";
}

public sealed record ExecutionRequested : PodRequest
{
    public ExecutionRequested(Guid executionId, PodSpecification pod)
        : base(executionId, pod)
    {
    }

    public const string Name = "execution_requested";

    public override string EventType => Name;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? RetriedFrom { get; init; }

    /// <summary>Outputs of the execution that is retried, when the caller asked to keep them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PreviousOutput { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PreviousErrors { get; init; }
}

public sealed record ExecutionAccepted(Guid ExecutionId, int QueuePosition, double? EstimatedWaitSeconds, ExecutionPriority Priority) : ExecutionEvent(ExecutionId)
{
    public override string EventType => "execution_accepted";
}

public sealed record ExecutionQueued(Guid ExecutionId, int? PositionInQueue, DateTimeOffset? EstimatedStartTime) : ExecutionEvent(ExecutionId)
{
    public override string EventType => "execution_queued";
}

public sealed record ExecutionStartedEvent(Guid ExecutionId, string PodName, string? NodeName, string? ContainerId) : ExecutionEvent(ExecutionId)
{
    public override string EventType => "execution_started";
}

public sealed record ExecutionRunning(Guid ExecutionId, string PodName) : ExecutionEvent(ExecutionId)
{
    public override string EventType => "execution_running";
}

public sealed record ExecutionCancelled(Guid ExecutionId, string Reason, ExecutionStatus? PreviousStatus, string? CancelledBy, bool ForceTerminated) : ExecutionEvent(ExecutionId)
{
    public override string EventType => "execution_cancelled";
}

public sealed record ExecutionCompleted(Guid ExecutionId, string Stdout, string Stderr, int ExitCode, ResourceUsage ResourceUsage) : ExecutionEvent(ExecutionId)
{
    public override string EventType => "execution_completed";

    public override string Topic => ExecutionTopics.Completed;
}

public sealed record ExecutionFailed(
    Guid ExecutionId, string Stdout, string Stderr, int ExitCode, ExecutionErrorType ErrorType, string ErrorMessage, ResourceUsage ResourceUsage) : ExecutionEvent(ExecutionId)
{
    public override string EventType => "execution_failed";

    public override string Topic => ExecutionTopics.Failed;
}

public sealed record ExecutionTimedOut(Guid ExecutionId, string Stdout, string Stderr, int TimeoutSeconds, ResourceUsage ResourceUsage) : ExecutionEvent(ExecutionId)
{
    public override string EventType => "execution_timeout";

    public override string Topic => ExecutionTopics.Timeout;
}

public sealed record ResultStored(Guid ExecutionId, string StorageType, string StoragePath, long SizeBytes) : ExecutionEvent(ExecutionId)
{
    public override string EventType => ResultEvents.Stored;

    public override string Topic => ExecutionTopics.Results;

    public override string Service => "result-processor";
}

public sealed record ResultFailed(Guid ExecutionId, string Error, string? StorageType) : ExecutionEvent(ExecutionId)
{
    public override string EventType => ResultEvents.Failed;

    public override string Topic => ExecutionTopics.Results;

    public override string Service => "result-processor";
}

/// <summary>Something of the platform itself failed; the payload never holds a stack trace. <paramref name="Subject"/> is the aggregate it was working on.</summary>
public sealed record SystemErrorOccurred([property: JsonIgnore] string? Subject, string ErrorType, string Message, string ServiceName) : DomainEvent
{
    public override string EventType => "system_error";

    public override string Topic => "system_events";

    public override string? AggregateId => Subject;

    public override string Service => ServiceName;
}
