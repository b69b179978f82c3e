namespace EmbeddedFunctions.Durable.Storage;

/// <summary>An entity's row; the state is JSON.</summary>
internal sealed record StoredEntity(string EntityId, int Partition)
{
    public string? State { get; init; }

    public EntityCaller? Lock { get; init; }

    public DateTime UpdatedAt { get; init; }

    /// <summary>Messages in its inbox, as of the read.</summary>
    public int Backlog { get; init; }

    /// <summary>There is nothing to keep: it has no row.</summary>
    public bool IsGone => State is null && Lock is null;
}

/// <summary>Which entities, in the order of their ids.</summary>
internal sealed record StoredEntityQuery(int Limit)
{
    public string? IdPrefix { get; init; }

    public DateTime? UpdatedFrom { get; init; }

    public DateTime? UpdatedTo { get; init; }

    /// <summary>Also those without state, which are there while they are locked.</summary>
    public bool IncludeTransient { get; init; }

    public bool OnlyLocked { get; init; }

    public string? After { get; init; }
}
