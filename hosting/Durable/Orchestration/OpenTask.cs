using EmbeddedFunctions.DurableTask;
using EmbeddedFunctions.DurableTask.Entities;

namespace EmbeddedFunctions.Durable;

/// <summary>Scheduled work whose outcome is not known yet.</summary>
internal abstract class OpenTask(OrchestrationAction action)
{
    public OrchestrationAction Action { get; } = action;

    /// <summary>The time at which a timer fires; it is what the history says, even if the code says something else by now.</summary>
    public DateTime FireAt { get; set; } = (action as StartTimer)?.Created.FireAt ?? default;

    /// <summary>The outcome is in the history already (it may be held back while the instance is suspended); a second one is a duplicate.</summary>
    public bool HasOutcome { get; set; }

    public CancellationTokenRegistration Cancellation { get; set; }

    /// <summary>Gives the outcome to the code that waits for it.</summary>
    public void Settle(OutcomeEvent outcome)
    {
        switch (outcome)
        {
            case TaskCompleted completed:
                Complete(completed.Result);
                break;
            case SubOrchestrationCompleted completed:
                Complete(completed.Result);
                break;
            case TaskFailed failed:
                Fail(new TaskFailedException(((TaskScheduled)Action.Event).Name, failed.TaskId, failed.Failure.ToDetails()));
                break;
            case SubOrchestrationFailed failed:
                Fail(new TaskFailedException(((SubOrchestrationCreated)Action.Event).Name, failed.TaskId, failed.Failure.ToDetails()));
                break;
            case EntityOperationCompleted completed:
                Complete(completed.Result);
                break;
            case EntityOperationFailed failed:
                var called = (EntityOperationCalled)Action.Event;
                Fail(new EntityOperationFailedException(EntityInstanceId.FromString(called.EntityId), called.Operation, failed.Failure.ToDetails()));
                break;
            default:
                Complete(null);
                break;
        }
    }

    public abstract void Complete(string? result);

    public abstract void Fail(Exception exception);

    public abstract void Cancel(CancellationToken ct);
}

/// <summary>As <see cref="OpenTask"/>, with the type that the code expects.</summary>
internal sealed class OpenTask<T>(OrchestrationAction action, DataConverter converter) : OpenTask(action)
{
    private readonly TaskCompletionSource<T> _source = new();

    public Task<T> Task => _source.Task;

    public override void Complete(string? result)
    {
        T? value;
        try
        {
            value = converter.Deserialize<T>(result);
        }
        catch (Exception e)
        {
            _source.TrySetException(e);
            return;
        }

        _source.TrySetResult(value!);
    }

    public override void Fail(Exception exception) => _source.TrySetException(exception);

    public override void Cancel(CancellationToken ct) => _source.TrySetCanceled(ct);
}
