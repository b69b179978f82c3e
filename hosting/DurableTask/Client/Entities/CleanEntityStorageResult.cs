namespace EmbeddedFunctions.DurableTask.Client.Entities;

/// <summary>What was cleaned; with a token there is more to look at.</summary>
public readonly record struct CleanEntityStorageResult
{
    public string? ContinuationToken { get; init; }

    public int EmptyEntitiesRemoved { get; init; }

    public int OrphanedLocksReleased { get; init; }
}
