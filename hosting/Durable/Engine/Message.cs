namespace EmbeddedFunctions.Durable;

/// <summary>
/// Something for one instance. With an id it is (or becomes) an inbox row, deleted in the checkpoint that takes it in. Without one it lives only in memory, because the store
/// has what it takes to produce it again: outcomes of activities, due timers, starts.
/// </summary>
internal sealed record Message(string InstanceId, int Partition)
{
    public string? Id { get; init; }

    /// <summary>The generation it is meant for; null for whichever is current, as with external events.</summary>
    public long? Generation { get; init; }

    /// <summary>Null only wakes the instance.</summary>
    public HistoryEvent? Event { get; init; }

    /// <summary>Delivery waits until then; null for at once. Only signals of entities wait.</summary>
    public DateTime? DueAt { get; init; }

    /// <summary>A new instance whose row is in the store.</summary>
    public InstanceHeader? Start { get; init; }

    /// <summary>A new instance that its first turn is to put into the store.</summary>
    public Birth? Birth { get; init; }
}
