using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Invocation;

namespace Platform.Tests.Durable;

/// <summary>Orchestrators, activities and entities as delegates.</summary>
internal sealed class DelegateFunctions : IDurableFunctions
{
    private readonly Dictionary<string, Func<TaskOrchestrationContext, Task<object?>>> _orchestrators = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Func<string?, CancellationToken, Task<object?>>> _activities = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Func<ITaskEntity>> _entities = new(StringComparer.OrdinalIgnoreCase);

    public DelegateFunctions Orchestrator(string name, Func<TaskOrchestrationContext, Task<object?>> code)
    {
        _orchestrators[name] = code;
        return this;
    }

    public DelegateFunctions Activity(string name, Func<string?, CancellationToken, Task<object?>> body)
    {
        _activities[name] = body;
        return this;
    }

    public DelegateFunctions Activity(string name, Func<string?, object?> body) => Activity(name, (input, _) => Task.FromResult(body(input)));

    public DelegateFunctions Entity(string name, Func<ITaskEntity> make)
    {
        _entities[name] = make;
        return this;
    }

    public bool HasOrchestrator(string name) => _orchestrators.ContainsKey(name);

    public bool HasActivity(string name) => _activities.ContainsKey(name);

    public bool HasEntity(string name) => _entities.ContainsKey(name);

    public async Task RunEntityAsync(string name, EntityBatch batch, CancellationToken ct)
    {
        await Task.Yield();
        await batch.RunAsync(_entities[name]());
    }

    public Task<object?> RunOrchestratorAsync(string name, TaskOrchestrationContext context) => _orchestrators[name](context);

    public async Task<object?> RunActivityAsync(string name, string instanceId, object? taskContextOrNull, string? inputJson, CancellationToken ct)
    {
        await Task.Yield();
        return await _activities[name](inputJson, ct);
    }
}
