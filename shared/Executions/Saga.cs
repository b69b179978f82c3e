using Platform.Data;

namespace Platform.Executions;

public enum SagaState
{
    Created,
    Running,
    Completed,
    Compensating,
    Failed,
    Timeout,
    Cancelled,
}

/// <summary>The steps of executions.md §2.7, in order, and what undoes them.</summary>
public static class SagaSteps
{
    public const string Validate = "validate_execution";
    public const string Allocate = "allocate_resources";
    public const string Queue = "queue_execution";
    public const string CreatePod = "create_pod";
    public const string Monitor = "monitor_execution";

    public static readonly IReadOnlyList<string> All = [Validate, Allocate, Queue, CreatePod, Monitor];

    /// <summary>Name of the action that undoes a step; null when there is nothing to undo.</summary>
    public static string? CompensationOf(string step) => step switch
    {
        Allocate => "release_resources",
        Queue => "remove_from_queue",
        CreatePod => "delete_pod",
        _ => null,
    };
}

/// <summary>Read model of the durable orchestration <c>exec-{execution_id}</c>: one per execution.</summary>
public sealed class Saga : IUserOwned, IOperatorVisible
{
    public const string ExecutionSaga = "execution_saga";

    private Saga()
    {
    }

    public Guid Id { get; private init; }

    public string Name { get; private init; } = ExecutionSaga;

    public Guid ExecutionId { get; private init; }

    public Guid UserId { get; private init; }

    public Guid OrganizationId { get; private init; }

    public SagaState State { get; private set; }

    public string? CurrentStep { get; private set; }

    public IReadOnlyList<string> CompletedSteps { get; private set; } = [];

    public IReadOnlyList<string> CompensatedSteps { get; private set; } = [];

    public string? ErrorMessage { get; private set; }

    public int RetryCount { get; private set; }

    public DateTimeOffset CreatedAt { get; private init; }

    public DateTimeOffset UpdatedAt { get; private set; }

    public DateTimeOffset? CompletedAt { get; private set; }

    public bool IsOver => State is SagaState.Completed or SagaState.Failed or SagaState.Timeout or SagaState.Cancelled;

    public static Saga Begin(Guid id, Execution execution, DateTimeOffset now) => new()
    {
        Id = id,
        ExecutionId = execution.Id,
        UserId = execution.UserId,
        OrganizationId = execution.OrganizationId,
        State = SagaState.Running,
        CurrentStep = SagaSteps.Validate,
        CreatedAt = now,
        UpdatedAt = now,
    };

    /// <summary>
    /// Waits for a slot. Resources are allocated only with the slot: allocating them while waiting would let a hundred waiting runs of one language refuse the next.
    /// </summary>
    public void Wait(DateTimeOffset now)
    {
        CurrentStep = SagaSteps.Queue;
        CompletedSteps = [SagaSteps.Validate];
        UpdatedAt = now;
    }

    /// <summary>Notes all steps before <paramref name="step"/> as done and that one as under way.</summary>
    public void Reach(string step, DateTimeOffset now)
    {
        CurrentStep = step;
        CompletedSteps = [.. SagaSteps.All.TakeWhile(s => s != step)];
        UpdatedAt = now;
    }

    /// <summary>The start of the sandbox failed: back to waiting for a slot.</summary>
    public void StartAgain(DateTimeOffset now)
    {
        RetryCount++;
        Wait(now);
    }

    public void Complete(DateTimeOffset now)
    {
        CompletedSteps = SagaSteps.All;
        End(SagaState.Completed, null, now);
    }

    /// <summary>Ends the saga at a user's wish; its finished steps are undone when its execution ends.</summary>
    public Error? Cancel(DateTimeOffset now)
    {
        if (State is not (SagaState.Created or SagaState.Running))
            return ExecutionErrors.CannotCancelSaga(State);

        End(SagaState.Cancelled, null, now);
        return null;
    }

    /// <summary>
    /// Ends the saga without success after its finished steps were undone in reverse order; the undone steps are returned in that order. <paramref name="failed"/> is
    /// the compensation that did not succeed.
    /// </summary>
    public IReadOnlyList<string> Compensate(SagaState end, string? error, DateTimeOffset now, string? failed = null)
    {
        CompensatedSteps = [.. CompletedSteps.Reverse().Select(SagaSteps.CompensationOf).OfType<string>().Where(step => step != failed)];
        End(end, error, now);
        return CompensatedSteps;
    }

    private void End(SagaState state, string? error, DateTimeOffset now)
    {
        State = state;
        ErrorMessage = error;
        CurrentStep = state == SagaState.Completed ? null : CurrentStep;
        CompletedAt ??= now;
        UpdatedAt = now;
    }
}
