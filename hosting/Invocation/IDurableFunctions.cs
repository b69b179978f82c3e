using EmbeddedFunctions.Durable;
using EmbeddedFunctions.DurableTask;

namespace EmbeddedFunctions.Invocation;

/// <summary>Orchestrators, activities and entities of the app, run through the middleware chain. Names are compared without regard to case.</summary>
internal interface IDurableFunctions
{
    bool HasOrchestrator(string name);

    bool HasActivity(string name);

    bool HasEntity(string name);

    /// <summary>Runs the orchestrator synchronously up to its first await of a task of <paramref name="context"/> and returns what it returns.</summary>
    Task<object?> RunOrchestratorAsync(string name, TaskOrchestrationContext context);

    /// <summary>Runs the function of the entity, which is to run the batch.</summary>
    Task RunEntityAsync(string name, EntityBatch batch, CancellationToken ct);

    /// <summary>Runs the activity with its input as JSON and returns what it returns.</summary>
    Task<object?> RunActivityAsync(string name, string instanceId, object? taskContextOrNull, string? inputJson, CancellationToken ct);
}
