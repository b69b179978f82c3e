namespace Platform.Executions;

/// <summary>A saga as its owner sees it.</summary>
public sealed record SagaView(
    Guid SagaId,
    string SagaName,
    Guid ExecutionId,
    SagaState State,
    string? CurrentStep,
    IReadOnlyList<string> CompletedSteps,
    IReadOnlyList<string> CompensatedSteps,
    string? ErrorMessage,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? CompletedAt,
    int RetryCount)
{
    public static SagaView From(Saga saga) => new(
        saga.Id, saga.Name, saga.ExecutionId, saga.State, saga.CurrentStep, saga.CompletedSteps, saga.CompensatedSteps, saga.ErrorMessage,
        saga.CreatedAt, saga.UpdatedAt, saga.CompletedAt, saga.RetryCount);
}

/// <summary>A page of sagas, newest first.</summary>
public sealed record SagaList(IReadOnlyList<SagaView> Sagas, long Total, int Limit, int Skip, bool HasMore);

public sealed record SagaFilter(SagaState? State, int Limit, int Skip);
