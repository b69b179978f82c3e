using System.Text.Json;

using Platform.Data;

namespace Platform.Workflows;

/// <summary>Writes the outbox rows that <see cref="WorkflowRelay"/> hands to the durable engine.</summary>
internal sealed class OutboxWorkflows(PlatformDbContext db, TimeProvider clock) : IWorkflows
{
    /// <summary>As the engine's own converter writes: member names as they are.</summary>
    internal static readonly JsonSerializerOptions EngineJson = new() { IncludeFields = true };

    public void Start(string name, string instanceId, object input) => Add(instanceId, name, null, input);

    public void Signal(string instanceId, string eventName, object? payload = null) => Add(instanceId, null, eventName, payload);

    private void Add(string instanceId, string? name, string? eventName, object? value)
    {
        var now = clock.GetUtcNow();
        db.Set<WorkflowMessage>().Add(new WorkflowMessage
        {
            InstanceId = instanceId,
            Name = name,
            EventName = eventName,
            Payload = value is null ? null : JsonSerializer.Serialize(value, value.GetType(), EngineJson),
            CreatedAt = now,
            DueAt = now,
        });
    }
}
