using EmbeddedFunctions.Discovery;
using EmbeddedFunctions.Durable;
using EmbeddedFunctions.DurableTask;
using EmbeddedFunctions.Worker;

namespace EmbeddedFunctions.Invocation;

internal sealed class DurableFunctions(FunctionCatalog catalog, FunctionRunner runner) : IDurableFunctions
{
    private readonly Dictionary<string, DiscoveredFunction> _orchestrators = Index(catalog, TriggerKind.Orchestration, t => ((OrchestrationTriggerAttribute)t.Trigger).Orchestration);
    private readonly Dictionary<string, DiscoveredFunction> _activities = Index(catalog, TriggerKind.Activity, t => ((ActivityTriggerAttribute)t.Trigger).Activity);

    private readonly Dictionary<string, DiscoveredFunction> _entities = Index(catalog, TriggerKind.Entity, t => ((EntityTriggerAttribute)t.Trigger).EntityName);

    public bool HasOrchestrator(string name) => _orchestrators.ContainsKey(name);

    public bool HasActivity(string name) => _activities.ContainsKey(name);

    public bool HasEntity(string name) => _entities.ContainsKey(name);

    public Task RunEntityAsync(string name, EntityBatch batch, CancellationToken ct) => runner.RunAsync(_entities[name], batch, retry: null, ct);

    public Task<object?> RunOrchestratorAsync(string name, TaskOrchestrationContext context) => runner.RunOrchestratorAsync(_orchestrators[name], context);

    public Task<object?> RunActivityAsync(string name, string instanceId, object? taskContextOrNull, string? inputJson, CancellationToken ct) =>
        runner.RunAsync(_activities[name], new ActivityCall(instanceId, inputJson), retry: null, ct);

    private static Dictionary<string, DiscoveredFunction> Index(FunctionCatalog catalog, TriggerKind kind, Func<DiscoveredFunction, string?> alias) =>
        catalog.Of(kind).ToDictionary(f => alias(f) ?? f.Name, StringComparer.OrdinalIgnoreCase);
}
