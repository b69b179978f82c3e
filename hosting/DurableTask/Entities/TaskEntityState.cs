namespace EmbeddedFunctions.DurableTask.Entities;

/// <summary>The state of an entity as its current operation sees it; it is stored when the operation has succeeded.</summary>
public abstract class TaskEntityState
{
    public abstract bool HasState { get; }

    public virtual T? GetState<T>(T? defaultValue = default) => GetState(typeof(T)) is T state ? state : defaultValue;

    public abstract object? GetState(Type type);

    /// <summary>Replaces the state; null deletes the entity.</summary>
    public abstract void SetState(object? state);
}
