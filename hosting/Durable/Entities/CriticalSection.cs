namespace EmbeddedFunctions.Durable;

/// <summary>The entities that an orchestration has locked, or is about to.</summary>
internal sealed class CriticalSection(int lockId, IReadOnlyList<string> entityIds)
{
    public int LockId { get; } = lockId;

    /// <summary>In the order in which they are locked.</summary>
    public IReadOnlyList<string> EntityIds { get; } = entityIds;

    /// <summary>Those to which no call is under way.</summary>
    public HashSet<string> Available { get; } = new(entityIds, StringComparer.Ordinal);

    public bool IsGranted { get; set; }

    /// <summary>What the history says without help of the code.</summary>
    public static CriticalSection? Of(IEnumerable<HistoryEvent> history)
    {
        CriticalSection? current = null;
        foreach (var next in history)
        {
            if (next is EntityLockRequested requested)
                current = new CriticalSection(requested.TaskId, requested.EntityIds);
            else if (next is EntityLockGranted granted && current?.LockId == granted.TaskId)
                current.IsGranted = true;
            else if (next is EntityUnlockSent)
                current = null;
        }

        return current;
    }

    /// <summary>An outcome reaches the code.</summary>
    public void Follow(ScheduledEvent scheduled, OutcomeEvent outcome)
    {
        if (outcome is EntityLockGranted && outcome.TaskId == LockId)
            IsGranted = true;
        else if (scheduled is EntityOperationCalled called && EntityIds.Contains(called.EntityId))
            Available.Add(called.EntityId);
    }

    /// <summary>What ends the lock: to each entity at once, or behind the request that is still on its way from one to the next.</summary>
    public IEnumerable<(string EntityId, LockRelease Release)> Releases(EntityCaller owner) => IsGranted
        ? EntityIds.Select(id => (id, new LockRelease(owner, null)))
        : [(EntityIds[0], new LockRelease(owner, [.. EntityIds.Skip(1)]))];
}
