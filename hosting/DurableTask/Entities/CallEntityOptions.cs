namespace EmbeddedFunctions.DurableTask.Entities;

/// <summary>Options of one entity call; there are none yet.</summary>
public record CallEntityOptions;
