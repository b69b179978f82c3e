using EmbeddedFunctions.DurableTask.Entities;

namespace EmbeddedFunctions.DurableTask.Client.Entities;

/// <summary>An entity; its state is there only when it was asked for and the entity has one.</summary>
public class EntityMetadata<TState>(EntityInstanceId id)
{
    private readonly TState? _state;

    public EntityMetadata(EntityInstanceId id, TState? state)
        : this(id)
    {
        IncludesState = state is not null;
        _state = state;
    }

    public EntityInstanceId Id { get; } = id;

    public DateTimeOffset LastModifiedTime { get; init; }

    /// <summary>Operations that wait for the entity.</summary>
    public int BacklogQueueSize { get; init; }

    /// <summary>The orchestration that has locked the entity; null when none has.</summary>
    public string? LockedBy { get; init; }

    public bool IncludesState { get; }

    /// <exception cref="InvalidOperationException">There is none: see <see cref="IncludesState"/>.</exception>
    public TState State => IncludesState ? _state! : throw new InvalidOperationException("The metadata has no state.");
}

/// <summary>An entity with its state as it is stored.</summary>
public sealed class EntityMetadata(EntityInstanceId id, SerializedData? state = null) : EntityMetadata<SerializedData>(id, state);
