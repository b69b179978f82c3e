using System.Text.Json.Serialization;

namespace Platform.Executions;

/// <summary>An event about the saga of an execution.</summary>
public abstract record SagaEvent(Guid SagaId, Guid ExecutionId) : ExecutionEvent(ExecutionId)
{
    public string SagaName => Saga.ExecutionSaga;

    [JsonIgnore]
    public override string Topic => ExecutionTopics.Sagas;

    [JsonIgnore]
    public override string Service => "system-saga";
}

public sealed record SagaStarted(Guid SagaId, Guid ExecutionId, Guid InitialEventId) : SagaEvent(SagaId, ExecutionId)
{
    public override string EventType => "saga_started";
}

public sealed record SagaCompleted(Guid SagaId, Guid ExecutionId, IReadOnlyList<string> CompletedSteps) : SagaEvent(SagaId, ExecutionId)
{
    public override string EventType => "saga_completed";
}

public sealed record SagaFailed(Guid SagaId, Guid ExecutionId, string FailedStep, string Error) : SagaEvent(SagaId, ExecutionId)
{
    public override string EventType => "saga_failed";
}

public sealed record SagaCancelled(
    Guid SagaId, Guid ExecutionId, string Reason, IReadOnlyList<string> CompletedSteps, IReadOnlyList<string> CompensatedSteps, DateTimeOffset? CancelledAt, string? CancelledBy)
    : SagaEvent(SagaId, ExecutionId)
{
    public override string EventType => "saga_cancelled";
}

public sealed record SagaCompensating(Guid SagaId, Guid ExecutionId, string CompensatingStep) : SagaEvent(SagaId, ExecutionId)
{
    public override string EventType => "saga_compensating";
}

public sealed record SagaCompensated(Guid SagaId, Guid ExecutionId, IReadOnlyList<string> CompensatedSteps) : SagaEvent(SagaId, ExecutionId)
{
    public override string EventType => "saga_compensated";
}
