using System.ComponentModel.DataAnnotations;

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

/// <summary>Answer of a saga's cancellation.</summary>
public sealed record SagaCancelAnswer(bool Success, string Message, Guid SagaId);

/// <summary>Filter of the lists of sagas.</summary>
public sealed record SagaFilter
{
    /// <summary>Sagas in this state only.</summary>
    public SagaState? State { get; init; }

    /// <summary>Size of the page.</summary>
    [Range(1, 1000)]
    public int Limit { get; init; } = 100;

    /// <summary>Matches before the page.</summary>
    [Range(0, int.MaxValue), Alias("skip")]
    public int Offset { get; init; }
}
