using EmbeddedFunctions.DurableTask.Client;

namespace EmbeddedFunctions.Durable;

/// <summary>How a generation of an instance ended.</summary>
internal abstract record OrchestrationOutcome;

internal sealed record Ended(OrchestrationRuntimeStatus Status, string? Output, Failure? Failure) : OrchestrationOutcome;

internal sealed record ContinuedAsNew(string? Input, string? Version, List<EventRaised> Unprocessed) : OrchestrationOutcome;
