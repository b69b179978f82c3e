namespace EmbeddedFunctions.Durable;

/// <summary>The code of an orchestrator does not fit the history of its instance, or awaits what is not a task of its context.</summary>
internal sealed class NonDeterministicOrchestrationException(string message) : Exception(message);
