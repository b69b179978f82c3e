namespace EmbeddedFunctions.DurableTask.Entities;

/// <summary>
/// An entity as a class: its public methods are the operations, by name without regard to case. A parameter is the context, the operation, or else the input. The state is
/// read before and stored after each operation; null deletes it, and so does the operation <c>delete</c> unless the class has one of its own.
/// </summary>
public abstract class TaskEntity<TState> : ITaskEntity
{
    /// <summary>Whether operations that the class does not have are looked for on the state.</summary>
    protected virtual bool AllowStateDispatch => false;

    protected TState State { get; set; } = default!;

    protected TaskEntityContext Context { get; private set; } = null!;

    public ValueTask<object?> RunAsync(TaskEntityOperation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        Context = operation.Context;
        try
        {
            State = operation.State.GetState(typeof(TState)) is TState state ? state : InitializeState(operation);
        }
        catch (Exception) when (IsDeletion(operation))
        {
            // A state that cannot be read any more can still be deleted.
            operation.State.SetState(null);
            return default;
        }

        var methods = (operation as IEntityMethodSource)?.Methods ?? new EntityMethods();
        if ((methods.Find(this, operation) ?? OfState(methods, operation)) is { } method)
            return RunAsync(method, operation);
        if (!IsDeletion(operation))
            throw new NotSupportedException($"There is no method for the entity operation '{operation}'.");

        operation.State.SetState(null);
        return default;
    }

    /// <summary>The state of an entity that has none; by default made with the parameterless constructor.</summary>
    protected virtual TState InitializeState(TaskEntityOperation entityOperation) =>
        Nullable.GetUnderlyingType(typeof(TState)) is { } type ? (TState)Activator.CreateInstance(type)! : Activator.CreateInstance<TState>();

    private static bool IsDeletion(TaskEntityOperation operation) => string.Equals(operation.Name, "delete", StringComparison.OrdinalIgnoreCase);

    private Func<ValueTask<object?>>? OfState(EntityMethods methods, TaskEntityOperation operation)
    {
        if (!AllowStateDispatch)
            return null;

        return State is null ? throw new InvalidOperationException("The entity's state is null and cannot run an operation.") : methods.Find(State, operation);
    }

    private async ValueTask<object?> RunAsync(Func<ValueTask<object?>> method, TaskEntityOperation operation)
    {
        var result = await method();
        operation.State.SetState(State);
        return result;
    }
}
