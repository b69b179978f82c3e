namespace EmbeddedFunctions.DurableTask.Client;

/// <summary>Whether a purge takes the sub-orchestrations along.</summary>
public record PurgeInstanceOptions(bool Recursive = false);
