using EmbeddedFunctions.DurableTask.Client;

namespace EmbeddedFunctions.Durable.Storage;

/// <summary>Where instances, histories and messages are kept. Reads see every commit that has returned.</summary>
internal interface IDurableStore : IAsyncDisposable
{
    /// <summary>Other nodes may commit to it as well.</summary>
    bool IsShared { get; }

    /// <summary>Makes what is missing of the schema and returns the number of partitions, which is fixed when the store is made.</summary>
    Task<int> OpenAsync(int partitions, CancellationToken ct);

    /// <summary>Says that the node lives for another <paramref name="lease"/> and returns how the partitions stand.</summary>
    Task<NodeView> HeartbeatAsync(string node, TimeSpan lease, CancellationToken ct);

    /// <summary>Takes those of the partitions that have no living owner, each with a new epoch.</summary>
    Task<List<PartitionLease>> ClaimAsync(string node, IReadOnlyList<int> partitions, CancellationToken ct);

    /// <summary>Gives partitions back and, with <paramref name="leave"/>, takes the node off the list of the living.</summary>
    Task ReleaseAsync(string node, IReadOnlyList<PartitionLease> leases, bool leave, CancellationToken ct);

    /// <summary>Raises the epochs, so that no earlier commit of this node can take effect any more; returns the leases that are lost.</summary>
    Task<List<PartitionLease>> RefenceAsync(string node, IReadOnlyList<PartitionLease> leases, CancellationToken ct);

    /// <summary>
    /// Commits all checkpoints in one transaction and tells the other nodes. When some fences are lost, nothing is committed and they are returned.
    /// </summary>
    Task<List<PartitionLease>> CommitAsync(IReadOnlyList<Checkpoint> checkpoints, Announcement announcement, CancellationToken ct);

    /// <summary>The instance and, unless it has finished, its history.</summary>
    Task<LoadedInstance?> LoadAsync(string instanceId, CancellationToken ct);

    /// <summary>Inbox rows of one instance, oldest first.</summary>
    Task<List<string>> ReadInboxIdsAsync(int partition, string instanceId, CancellationToken ct);

    /// <summary>
    /// Inbox rows of the partitions, oldest first, and instances to be in memory: with <paramref name="startsDueBy"/> only those that have not started and should have by then.
    /// </summary>
    Task<PendingWork> ReadPendingAsync(IReadOnlyList<int> partitions, DateTime? startsDueBy, CancellationToken ct);

    /// <summary>Whether there are inbox rows of the partitions, or starts or signals that are due by then. One cheap look, since mostly there is nothing.</summary>
    Task<bool> HasPendingAsync(IReadOnlyList<int> partitions, DateTime dueBy, CancellationToken ct);

    Task<StoredInstance?> GetAsync(string instanceId, CancellationToken ct);

    /// <summary>The pieces of the generation's history in order, also of a finished instance.</summary>
    Task<List<string>> ReadHistoryAsync(string instanceId, long generation, CancellationToken ct);

    Task<List<StoredInstance>> QueryAsync(InstanceQuery query, CancellationToken ct);

    /// <summary>Ids with their completion time, in that order.</summary>
    Task<List<(string InstanceId, long CompletedAt)>> ListFinishedAsync(FinishedQuery query, CancellationToken ct);

    /// <summary>Removes those of the instances that have finished, with history and inbox.</summary>
    Task<int> PurgeAsync(IReadOnlyList<string> instanceIds, CancellationToken ct);

    /// <summary>Ids of the sub-orchestrations of these instances.</summary>
    Task<List<string>> ListChildrenAsync(IReadOnlyList<string> instanceIds, CancellationToken ct);

    /// <summary>Moves signals that are due by then into the inbox of their entities.</summary>
    Task DeliverDueSignalsAsync(IReadOnlyList<int> partitions, DateTime dueBy, CancellationToken ct);

    Task<StoredEntity?> GetEntityAsync(string entityId, CancellationToken ct);

    Task<List<StoredEntity>> QueryEntitiesAsync(StoredEntityQuery query, CancellationToken ct);

    /// <summary>Stores and removes a row, in one durable transaction.</summary>
    Task ProbeAsync(CancellationToken ct);

    /// <summary>Hands on what other nodes announce until cancelled; a null means that announcements may have been missed.</summary>
    Task ListenAsync(Action<Announcement?> announced, CancellationToken ct);
}

/// <summary>How many nodes live, what this one owns by the store's account, and which partitions have no living owner.</summary>
internal sealed record NodeView(int LiveNodes, List<PartitionLease> Owned, List<int> Orphans);

/// <summary>A hint to other nodes: partitions with new messages, and instances that have started or finished. Losing it costs a second.</summary>
internal sealed record Announcement(IReadOnlyCollection<int> Partitions, IReadOnlyCollection<string> Instances)
{
    public static Announcement None { get; } = new([], []);
}

/// <summary>An instance row. Texts of input, output and custom status are JSON.</summary>
internal sealed record StoredInstance(InstanceHeader Header, OrchestrationRuntimeStatus Status)
{
    public string? CustomStatus { get; init; }

    public string? Output { get; init; }

    public Failure? Failure { get; init; }

    public DateTime UpdatedAt { get; init; }
}

internal sealed record LoadedInstance(StoredInstance Instance, List<string> History);

internal sealed record PendingWork(List<DueInstance> Instances, List<Message> Messages);

internal sealed record DueInstance(int Partition, string InstanceId, DateTime DueAt);

/// <summary>Which instances, newest first; continues after the given one.</summary>
internal sealed record InstanceQuery(int Limit)
{
    public DateTime? CreatedFrom { get; init; }

    public DateTime? CreatedTo { get; init; }

    public IReadOnlyList<OrchestrationRuntimeStatus> Statuses { get; init; } = [];

    public string? IdPrefix { get; init; }

    /// <summary>The orchestrator's name, without regard to the case of ASCII letters.</summary>
    public string? Name { get; init; }

    public (DateTime CreatedAt, string InstanceId)? After { get; init; }
}

/// <summary>Which finished instances, in the order of completion; times are UTC ticks.</summary>
internal sealed record FinishedQuery(int Limit)
{
    public long From { get; init; }

    public long To { get; init; } = long.MaxValue;

    public IReadOnlyList<OrchestrationRuntimeStatus> Statuses { get; init; } = [];

    public (long CompletedAt, string InstanceId)? After { get; init; }
}
