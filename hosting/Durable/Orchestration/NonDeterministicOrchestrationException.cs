namespace EmbeddedFunctions.Durable;

/// <summary>The code of an orchestrator does not fit the history of its instance, or awaits what is not a task of its context.</summary>
internal sealed class NonDeterministicOrchestrationException(string message) : Exception(message)
{
    public const string Advice =
        "Orchestrator code must be deterministic: await only tasks of its context, without ConfigureAwait(false), and change it only while no instance runs.";
}
