namespace EmbeddedFunctions.Durable;

/// <summary>How the orchestrator wants to start over once it returns; the input is JSON.</summary>
internal sealed record ContinueAsNewRequest(string? Input, string? Version, bool PreserveUnprocessedEvents);
