namespace EmbeddedFunctions.DurableTask.Client;

/// <summary>The output that a terminated instance gets, and whether its running sub-orchestrations are terminated with it.</summary>
public record TerminateInstanceOptions(object? Output = null, bool Recursive = false);
