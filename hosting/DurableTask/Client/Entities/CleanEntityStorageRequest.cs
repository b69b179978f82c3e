namespace EmbeddedFunctions.DurableTask.Client.Entities;

/// <summary>What to clean: entities without state, and locks whose orchestration does not run any more.</summary>
public readonly record struct CleanEntityStorageRequest
{
    public static CleanEntityStorageRequest Default => new() { RemoveEmptyEntities = true, ReleaseOrphanedLocks = true };

    public bool RemoveEmptyEntities { get; init; }

    public bool ReleaseOrphanedLocks { get; init; }

    public string? ContinuationToken { get; init; }
}
