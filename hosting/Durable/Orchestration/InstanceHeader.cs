namespace EmbeddedFunctions.Durable;

/// <summary>What does not change about an instance while its generation lasts. Times are UTC.</summary>
internal sealed record InstanceHeader(string InstanceId, int Partition, long Generation, string Name)
{
    public string? Version { get; init; }

    public string? Input { get; init; }

    public DateTime CreatedAt { get; init; }

    /// <summary>The earliest time of the first turn.</summary>
    public DateTime? StartAt { get; init; }

    public ParentLink? Parent { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>A generation is drawn at random: it is never used twice, also not after a purge.</summary>
    public static long NewGeneration() => Random.Shared.NextInt64(1, long.MaxValue);
}

/// <summary>Whom a sub-orchestration reports to.</summary>
internal sealed record ParentLink(string Name, string InstanceId, long Generation, int TaskId);
