namespace Platform.Executions;

/// <summary>What a new request finds at the queue.</summary>
public enum QueueRoom
{
    /// <summary>Every slot is taken.</summary>
    None,

    /// <summary>A free slot, and nobody waits.</summary>
    ForNewcomer,

    /// <summary>A free slot, but others have waited longer, e.g. since the limit was raised.</summary>
    ForOthers,
}
