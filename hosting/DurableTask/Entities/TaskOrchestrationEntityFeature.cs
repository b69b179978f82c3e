using System.Diagnostics.CodeAnalysis;

namespace EmbeddedFunctions.DurableTask.Entities;

/// <summary>Entities as an orchestrator uses them.</summary>
public abstract class TaskOrchestrationEntityFeature
{
    /// <summary>Calls an operation and waits for its answer; a failure surfaces as <see cref="EntityOperationFailedException"/>.</summary>
    public abstract Task<TResult> CallEntityAsync<TResult>(EntityInstanceId id, string operationName, object? input = null, CallEntityOptions? options = null);

    public virtual Task<TResult> CallEntityAsync<TResult>(EntityInstanceId id, string operationName, CallEntityOptions? options) =>
        CallEntityAsync<TResult>(id, operationName, null, options);

    public abstract Task CallEntityAsync(EntityInstanceId id, string operationName, object? input = null, CallEntityOptions? options = null);

    public virtual Task CallEntityAsync(EntityInstanceId id, string operationName, CallEntityOptions? options) => CallEntityAsync(id, operationName, null, options);

    /// <summary>Sends an operation without waiting for it.</summary>
    public abstract Task SignalEntityAsync(EntityInstanceId id, string operationName, object? input = null, SignalEntityOptions? options = null);

    public virtual Task SignalEntityAsync(EntityInstanceId id, string operationName, SignalEntityOptions? options) => SignalEntityAsync(id, operationName, null, options);

    /// <summary>Waits until no one else holds the entities and keeps others out until the result is disposed, or the orchestration ends.</summary>
    public abstract Task<IAsyncDisposable> LockEntitiesAsync(IEnumerable<EntityInstanceId> entityIds);

    public virtual Task<IAsyncDisposable> LockEntitiesAsync(params EntityInstanceId[] entityIds) => LockEntitiesAsync((IEnumerable<EntityInstanceId>)entityIds);

    public virtual bool InCriticalSection() => InCriticalSection(out _);

    /// <param name="entityIds">The locked entities that no call is under way to.</param>
    public abstract bool InCriticalSection([NotNullWhen(true)] out IReadOnlyList<EntityInstanceId>? entityIds);
}
