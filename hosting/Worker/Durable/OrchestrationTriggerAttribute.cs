using EmbeddedFunctions.Worker.Extensions.Abstractions;

namespace EmbeddedFunctions.Worker;

/// <summary>Runs the function as an orchestrator: deterministic code that is replayed from its history.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class OrchestrationTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>The orchestrator's name; the function's name when null.</summary>
    public string? Orchestration { get; set; }
}
