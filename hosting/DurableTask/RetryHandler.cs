namespace EmbeddedFunctions.DurableTask;

/// <summary>Decides after each failed attempt whether there is another one. Runs as orchestrator code.</summary>
public delegate bool RetryHandler(RetryContext retryContext);
