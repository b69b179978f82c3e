using EmbeddedFunctions.Durable;
using EmbeddedFunctions.DurableTask.Entities;
using Microsoft.Extensions.DependencyInjection;

namespace EmbeddedFunctions.Worker;

/// <summary>Binds to <c>[EntityTrigger]</c> and hands the waiting operations of an entity to its code.</summary>
public sealed class TaskEntityDispatcher
{
    private readonly EntityBatch _batch;
    private readonly IServiceProvider _services;

    internal TaskEntityDispatcher(EntityBatch batch, IServiceProvider services) => (_batch, _services) = (batch, services);

    public Task DispatchAsync(ITaskEntity entity) => _batch.RunAsync(entity);

    public Task DispatchAsync(Func<TaskEntityOperation, ValueTask<object?>> handler) => _batch.RunAsync(new FunctionEntity(handler));

    /// <summary>Runs the operations on an entity class made with the invocation's services, or on a plain class as the state.</summary>
    public Task DispatchAsync<T>() => typeof(T).IsAssignableTo(typeof(ITaskEntity))
        ? _batch.RunAsync((ITaskEntity)ActivatorUtilities.GetServiceOrCreateInstance<T>(_services)!)
        : _batch.RunAsync(new StateEntity<T>());

    private sealed class FunctionEntity(Func<TaskEntityOperation, ValueTask<object?>> handler) : ITaskEntity
    {
        public ValueTask<object?> RunAsync(TaskEntityOperation operation) => handler(operation);
    }

    private sealed class StateEntity<TState> : TaskEntity<TState>
    {
        protected override bool AllowStateDispatch => true;
    }
}
