using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Durable.Storage;

namespace Platform.Tests.Durable;

/// <summary>A store that can be made to fail, and to die: after <see cref="Crash"/> no call ever returns, as in a process that is gone.</summary>
internal sealed class ScriptedStore(IDurableStore inner) : IDurableStore
{
    private readonly TaskCompletionSource _never = new();
    private volatile bool _crashed;
    private int _loads;
    private int _looks;
    private int _heartbeats;

    /// <summary>Runs before a commit; what it throws makes the commit fail without an effect.</summary>
    public Func<IReadOnlyList<Checkpoint>, Task>? BeforeCommit { get; set; }

    /// <summary>Runs after a commit that has taken effect; what it throws makes it fail all the same.</summary>
    public Func<IReadOnlyList<Checkpoint>, Task>? AfterCommit { get; set; }

    /// <summary>Runs between an instance's being read and the reader's going on.</summary>
    public Func<Task>? AfterGet { get; set; }

    /// <summary>Heartbeats hang from now on, everything else works.</summary>
    public bool LoseHeartbeats { get; set; }

    /// <summary>What other nodes announce comes too late to be of use.</summary>
    public bool IsDeaf { get; set; }

    public IDurableStore Inner => inner;

    public bool IsShared => inner.IsShared;

    public int Commits { get; private set; }

    /// <summary>How often an instance has been read to be rebuilt.</summary>
    public int Loads => Volatile.Read(ref _loads);

    /// <summary>How often a sweep has looked for what is pending.</summary>
    public int Looks => Volatile.Read(ref _looks);

    public int Heartbeats => Volatile.Read(ref _heartbeats);

    public bool IsCrashed => _crashed;

    public void Crash() => _crashed = true;

    public async Task<List<PartitionLease>> CommitAsync(IReadOnlyList<Checkpoint> checkpoints, Announcement announcement, CancellationToken ct)
    {
        if (BeforeCommit is { } before)
            await before(checkpoints);
        var lost = await CallAsync(() => inner.CommitAsync(checkpoints, announcement, ct));
        Commits++;
        if (lost.Count == 0 && AfterCommit is { } after)
            await after(checkpoints);
        return await CallAsync(() => Task.FromResult(lost)); // it may have died meanwhile
    }

    public Task<int> OpenAsync(int partitions, CancellationToken ct) => CallAsync(() => inner.OpenAsync(partitions, ct));

    public Task<NodeView> HeartbeatAsync(string node, TimeSpan lease, CancellationToken ct)
    {
        Interlocked.Increment(ref _heartbeats);
        return LoseHeartbeats
            ? Task.Delay(Timeout.InfiniteTimeSpan, ct).ContinueWith(_ => new NodeView(1, [], []), TaskScheduler.Default)
            : CallAsync(() => inner.HeartbeatAsync(node, lease, ct));
    }

    public Task<List<PartitionLease>> ClaimAsync(string node, IReadOnlyList<int> partitions, CancellationToken ct) => CallAsync(() => inner.ClaimAsync(node, partitions, ct));

    public Task ReleaseAsync(string node, IReadOnlyList<PartitionLease> leases, bool leave, CancellationToken ct) =>
        _crashed ? Task.CompletedTask : inner.ReleaseAsync(node, leases, leave, ct);

    public Task<List<PartitionLease>> RefenceAsync(string node, IReadOnlyList<PartitionLease> leases, CancellationToken ct) =>
        CallAsync(() => inner.RefenceAsync(node, leases, ct));

    public Task<LoadedInstance?> LoadAsync(string instanceId, CancellationToken ct)
    {
        Interlocked.Increment(ref _loads);
        return CallAsync(() => inner.LoadAsync(instanceId, ct));
    }

    public Task<List<string>> ReadInboxIdsAsync(int partition, string instanceId, CancellationToken ct) => CallAsync(() => inner.ReadInboxIdsAsync(partition, instanceId, ct));

    public Task<PendingWork> ReadPendingAsync(IReadOnlyList<int> partitions, DateTime? startsDueBy, CancellationToken ct) =>
        CallAsync(() => inner.ReadPendingAsync(partitions, startsDueBy, ct));

    public Task<bool> HasPendingAsync(IReadOnlyList<int> partitions, DateTime dueBy, CancellationToken ct)
    {
        Interlocked.Increment(ref _looks);
        return CallAsync(() => inner.HasPendingAsync(partitions, dueBy, ct));
    }

    public async Task<StoredInstance?> GetAsync(string instanceId, CancellationToken ct)
    {
        var found = await CallAsync(() => inner.GetAsync(instanceId, ct));
        if (AfterGet is { } after)
            await after();
        return found;
    }

    public Task<List<string>> ReadHistoryAsync(string instanceId, long generation, CancellationToken ct) => CallAsync(() => inner.ReadHistoryAsync(instanceId, generation, ct));

    public Task<List<StoredInstance>> QueryAsync(InstanceQuery query, CancellationToken ct) => CallAsync(() => inner.QueryAsync(query, ct));

    public Task<List<(string InstanceId, long CompletedAt)>> ListFinishedAsync(FinishedQuery query, CancellationToken ct) => CallAsync(() => inner.ListFinishedAsync(query, ct));

    public Task<int> PurgeAsync(IReadOnlyList<string> instanceIds, CancellationToken ct) => CallAsync(() => inner.PurgeAsync(instanceIds, ct));

    public Task<List<string>> ListChildrenAsync(IReadOnlyList<string> instanceIds, CancellationToken ct) => CallAsync(() => inner.ListChildrenAsync(instanceIds, ct));

    public async Task DeliverDueSignalsAsync(IReadOnlyList<int> partitions, DateTime dueBy, CancellationToken ct) =>
        await CallAsync(async () =>
        {
            await inner.DeliverDueSignalsAsync(partitions, dueBy, ct);
            return true;
        });

    public async Task ProbeAsync(CancellationToken ct) =>
        await CallAsync(async () =>
        {
            await inner.ProbeAsync(ct);
            return true;
        });

    public Task<StoredEntity?> GetEntityAsync(string entityId, CancellationToken ct) => CallAsync(() => inner.GetEntityAsync(entityId, ct));

    public Task<List<StoredEntity>> QueryEntitiesAsync(StoredEntityQuery query, CancellationToken ct) => CallAsync(() => inner.QueryEntitiesAsync(query, ct));

    public Task ListenAsync(Action<Announcement?> announced, CancellationToken ct) => inner.ListenAsync(a => announced(_crashed || IsDeaf ? Announcement.None : a), ct);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        if (!_crashed)
        {
            var result = await call();
            if (!_crashed)
                return result;
        }

        await _never.Task;
        throw new InvalidOperationException("A dead process goes on.");
    }
}
