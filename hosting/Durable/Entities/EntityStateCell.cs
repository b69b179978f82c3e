using EmbeddedFunctions.DurableTask;
using EmbeddedFunctions.DurableTask.Entities;

namespace EmbeddedFunctions.Durable;

/// <summary>An entity's state during a batch: as JSON, and as the object that the last operation left.</summary>
internal sealed class EntityStateCell(string? json, DataConverter converter) : TaskEntityState
{
    private string? _kept = json;
    private object? _object;

    public override bool HasState => Json is not null;

    public string? Json { get; private set; } = json;

    public override object? GetState(Type type)
    {
        if (_object is null || !type.IsInstanceOfType(_object))
            _object = converter.Deserialize(Json, type);
        return _object;
    }

    public override void SetState(object? state)
    {
        Json = converter.Serialize(state);
        _object = state;
    }

    /// <summary>The operation has succeeded.</summary>
    public void Keep() => _kept = Json;

    /// <summary>The operation has failed; the object may be half changed.</summary>
    public void Undo()
    {
        Json = _kept;
        _object = null;
    }
}
