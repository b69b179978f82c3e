using Platform.Data;
using Platform.Events;

namespace Platform.Executions;

/// <summary>The events that tell the end of an execution, in the order of executions.md §2.4 and §2.7.</summary>
internal static class OutcomeEvents
{
    /// <summary>From the end of the process to <c>result_stored</c> or <c>result_failed</c>. <paramref name="podExisted"/>: a sandbox had been made for it.</summary>
    public static IEnumerable<DomainEvent> Result(Execution execution, ExecutionResult result, ExecutionOutcome outcome, bool podExisted)
    {
        foreach (var fact in Ending(execution.Id, execution.TimeoutSeconds, outcome, podExisted))
            yield return fact;
        yield return outcome.Status == ExecutionStatus.Error
            ? new ResultFailed(execution.Id, outcome.Message ?? "", "database")
            : new ResultStored(execution.Id, "database", $"execution_results/{execution.Id}", result.SizeBytes);
    }

    /// <summary>What the saga does last: give everything back.</summary>
    public static IEnumerable<DomainEvent> Release(Execution execution, ExecutionOutcome outcome, bool podExisted, IReadOnlyList<string> compensated)
    {
        var (id, saga, reason) = (execution.Id, execution.Saga, EnumWords<ExecutionStatus>.ToWord(outcome.Status));
        foreach (var step in compensated)
            yield return new SagaCompensating(saga!.Id, id, step);
        if (execution.Allocation is { } held)
            yield return new ReleaseResourcesCommand(id, held.CpuRequest, held.MemoryRequest);
        if (podExisted)
        {
            yield return new DeletePodCommand(saga!.Id, id, reason, execution.PodName, PodSpecification.Namespace);
            yield return new PodDeleted(id, execution.PodName, reason);
        }

        if (compensated.Count > 0)
            yield return new SagaCompensated(saga!.Id, id, compensated);
    }

    /// <summary>How the saga ended; null when there was none.</summary>
    public static SagaEvent? End(Execution execution, IReadOnlyList<string> compensated) => execution.Saga is { } saga ? Ending(saga, execution, compensated) : null;

    private static IEnumerable<DomainEvent> Ending(Guid id, int timeoutSeconds, ExecutionOutcome o, bool podExisted)
    {
        var pod = PodSpecification.NameOf(id);
        switch (o.Status)
        {
            case ExecutionStatus.Completed:
                yield return new PodSucceeded(id, pod, o.ExitCode);
                yield return new ExecutionCompleted(id, o.Stdout, o.Stderr, o.ExitCode, o.Usage);
                break;
            case ExecutionStatus.Failed:
                if (podExisted)
                    yield return new PodFailed(id, pod, o.ExitCode, o.ErrorType is { } type ? EnumWords<ExecutionErrorType>.ToWord(type) : null, o.Message);
                yield return new ExecutionFailed(id, o.Stdout, o.Stderr, o.ExitCode, o.ErrorType ?? ExecutionErrorType.SystemError, o.Message ?? "", o.Usage);
                break;
            case ExecutionStatus.Timeout:
                yield return new ExecutionTimedOut(id, o.Stdout, o.Stderr, timeoutSeconds, o.Usage);
                yield return new PodTerminated(id, pod, o.ExitCode, "timeout", o.Message);
                break;
            case ExecutionStatus.Cancelled when podExisted:
                yield return new PodTerminated(id, pod, o.ExitCode, "cancelled", null);
                break;
            case ExecutionStatus.Error:
                yield return new SystemErrorOccurred(id.ToString(), "result_storage", o.Message ?? "", "result-processor");
                break;
        }
    }

    private static SagaEvent Ending(Saga saga, Execution execution, IReadOnlyList<string> compensated) => saga.State switch
    {
        SagaState.Completed => new SagaCompleted(saga.Id, execution.Id, saga.CompletedSteps),
        SagaState.Cancelled => new SagaCancelled(
            saga.Id, execution.Id, execution.CancelReason ?? "", saga.CompletedSteps, compensated, saga.CompletedAt, execution.UserId.ToString()),
        _ => new SagaFailed(saga.Id, execution.Id, saga.CurrentStep ?? "", saga.ErrorMessage ?? ""),
    };
}
