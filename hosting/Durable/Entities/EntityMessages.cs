namespace EmbeddedFunctions.Durable;

/// <summary>Which lock request or call of which orchestration; the task id is that of its history.</summary>
internal sealed record EntityCaller(string InstanceId, long Generation, int TaskId)
{
    public bool IsSameExecution(EntityCaller other) => Generation == other.Generation && string.Equals(InstanceId, other.InstanceId, StringComparison.Ordinal);
}

/// <summary>An operation for an entity; without a caller it is a signal.</summary>
internal sealed record OperationRequest(string Operation, string? Input, EntityCaller? Caller) : HistoryEvent;

/// <summary>
/// Asks one entity after the other, in the order of their ids, to let only the owner in; the order keeps two owners from waiting for each other. The last one tells the owner.
/// </summary>
internal sealed record LockRequest(EntityCaller Owner, IReadOnlyList<string> EntityIds, int Position) : HistoryEvent
{
    public string? Next => Position + 1 < EntityIds.Count ? EntityIds[Position + 1] : null;
}

/// <summary>
/// Ends a lock, or takes its request out of the queue. With <see cref="Rest"/> it goes on to those entities, one after the other: it follows a request that may still be on its way.
/// </summary>
internal sealed record LockRelease(EntityCaller Owner, IReadOnlyList<string>? Rest) : HistoryEvent;
