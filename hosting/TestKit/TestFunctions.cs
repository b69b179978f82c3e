using EmbeddedFunctions.Discovery;
using EmbeddedFunctions.Durable;
using EmbeddedFunctions.DurableTask;
using EmbeddedFunctions.DurableTask.Converters;
using EmbeddedFunctions.Invocation;
using EmbeddedFunctions.Startup;
using Microsoft.Extensions.DependencyInjection;

namespace EmbeddedFunctions.TestKit;

/// <summary>The functions of a test: what it gives as delegates, and otherwise the functions of the classes that it names.</summary>
internal sealed class TestFunctions(IReadOnlyList<Type> types, IServiceProvider services, TimeProvider clock) : IDurableFunctions
{
    private readonly Dictionary<string, Func<TaskOrchestrationContext, Task<object?>>> _orchestrators = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Func<string?, Task<object?>>> _activities = new(StringComparer.OrdinalIgnoreCase);
    private readonly DurableFunctions _own = Discover(types, services, clock);

    public void Orchestrator(string name, Func<TaskOrchestrationContext, Task<object?>> code) => _orchestrators[name] = code;

    public void Activity<TInput>(string name, Func<TInput, Task<object?>> body) =>
        _activities[name] = json => body(JsonDataConverter.Default.Deserialize<TInput>(json)!);

    public bool HasOrchestrator(string name) => _orchestrators.ContainsKey(name) || _own.HasOrchestrator(name);

    public bool HasActivity(string name) => _activities.ContainsKey(name) || _own.HasActivity(name);

    public bool HasEntity(string name) => _own.HasEntity(name);

    public Task RunEntityAsync(string name, EntityBatch batch, CancellationToken ct) => _own.RunEntityAsync(name, batch, ct);

    public Task<object?> RunOrchestratorAsync(string name, TaskOrchestrationContext context) =>
        _orchestrators.TryGetValue(name, out var code) ? code(context) : _own.RunOrchestratorAsync(name, context);

    public Task<object?> RunActivityAsync(string name, string instanceId, object? taskContextOrNull, string? inputJson, CancellationToken ct) =>
        _activities.TryGetValue(name, out var body) ? body(inputJson) : _own.RunActivityAsync(name, instanceId, taskContextOrNull, inputJson, ct);

    private static DurableFunctions Discover(IReadOnlyList<Type> types, IServiceProvider services, TimeProvider clock)
    {
        var catalog = new FunctionCatalog(types.Count == 0 ? [] : FunctionDiscovery.Discover(types));
        return new DurableFunctions(catalog, new FunctionRunner(new FunctionPipeline([]), services.GetRequiredService<IServiceScopeFactory>(), new HostJsonOptions(), clock));
    }
}
