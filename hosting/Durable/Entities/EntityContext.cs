using EmbeddedFunctions.DurableTask;
using EmbeddedFunctions.DurableTask.Entities;

namespace EmbeddedFunctions.Durable;

/// <summary>Collects what the operations of a batch send and start.</summary>
internal sealed class EntityContext(EntityInstanceId id, DataConverter converter) : TaskEntityContext
{
    private readonly List<EntityEffect> _effects = [];
    private int _kept;

    public override EntityInstanceId Id => id;

    public IReadOnlyList<EntityEffect> Effects => _effects;

    public override void SignalEntity(EntityInstanceId id, string operationName, object? input = null, SignalEntityOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(operationName);
        _effects.Add(new SignalEffect(EntityIds.Require(id), operationName, converter.Serialize(input), options?.SignalTime?.UtcDateTime));
    }

    public override string ScheduleNewOrchestration(TaskName name, object? input = null, StartOrchestrationOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name.Name, nameof(name));
        var instanceId = InstanceIds.Require(options?.InstanceId ?? Guid.CreateVersion7().ToString("N"));
        _effects.Add(new StartEffect(
            instanceId, name, converter.Serialize(input), options?.Version?.Version, options?.StartAt?.UtcDateTime, options?.Tags ?? new Dictionary<string, string>()));
        return instanceId;
    }

    public void Keep() => _kept = _effects.Count;

    public void Undo() => _effects.RemoveRange(_kept, _effects.Count - _kept);
}
