using EmbeddedFunctions.Worker.Extensions.Abstractions;

namespace EmbeddedFunctions.Worker;

/// <summary>Runs the function as an orchestrator</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class OrchestrationTriggerAttribute : TriggerBindingAttribute
{
    /// <summary> deterministic code that is replayed from its history.:The orchestrator's name; the function's name when null.</summary>
    public string? Orchestration { get; set; }
}
