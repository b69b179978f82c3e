namespace Platform.Replay;

/// <summary>What a replay selects by (executions.md §2.11).</summary>
public enum ReplayType
{
    Execution,
    TimeRange,
    EventType,
    Query,

    /// <summary>Events that at least one consumer never acknowledged.</summary>
    Recovery,
}
