namespace EmbeddedFunctions.DurableTask;

/// <summary>Decides after each failed attempt whether there is another one. Runs as orchestrator code, so it may await only tasks of the context.</summary>
public delegate Task<bool> AsyncRetryHandler(RetryContext retryContext);
