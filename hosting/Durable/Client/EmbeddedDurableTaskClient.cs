using System.Globalization;
using EmbeddedFunctions.Durable.Storage;
using EmbeddedFunctions.DurableTask;
using EmbeddedFunctions.DurableTask.Client;
using EmbeddedFunctions.DurableTask.Client.Entities;
using EmbeddedFunctions.Management;

namespace EmbeddedFunctions.Durable;

/// <summary>The client of the engine in this process. It works from any node: what concerns partitions of others goes through the store.</summary>
internal sealed class EmbeddedDurableTaskClient(DurableEngine engine, ManagementUrls? urls = null) : DurableTaskClient("default")
{
    private static readonly TimeSpan RemotePoll = TimeSpan.FromSeconds(1);
    private const int PurgeChunk = 500;

    private readonly EmbeddedDurableEntityClient _entities = new(engine);

    /// <summary>Null outside a host.</summary>
    public ManagementUrls? Urls { get; } = urls;

    private DurableNode Node => engine.Node;

    private DataConverter Converter => Node.Services.Converter;

    public override DurableEntityClient Entities => _entities;

    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(orchestratorName.Name, nameof(orchestratorName));
        await engine.Ready.WaitAsync(cancellation);
        var id = InstanceIds.Require(options?.InstanceId ?? Guid.CreateVersion7(Node.Clock.GetUtcNow()).ToString("N"));
        var header = new InstanceHeader(id, Node.PartitionOf(id), InstanceHeader.NewGeneration(), orchestratorName)
        {
            Version = options?.Version?.Version ?? Node.Options.DefaultVersion,
            Input = Converter.Serialize(input),
            CreatedAt = Node.UtcNow,
            StartAt = options?.StartAt?.UtcDateTime,
            Tags = options?.Tags ?? new Dictionary<string, string>(),
        };
        var creation = new NewInstance(header, Replaceable(options?.DedupeStatuses));
        if (options is { InstanceId: not null } or { StartAt: not null })
            await CommitAsync(c => c.Creations.Add(creation), cancellation);
        else
            await Birth.RunAsync(Node, creation, cancellation);
        return creation.Refused ? throw new InvalidOperationException($"An orchestration '{id}' exists already.") : id;
    }

    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        return SendAsync(instanceId, new EventRaised(eventName, Converter.Serialize(eventPayload)), cancellation);
    }

    public override Task TerminateInstanceAsync(string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new ExecutionTerminated(Converter.Serialize(options?.Output), options?.Recursive ?? false), cancellation);

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new ExecutionSuspended(reason), cancellation);

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new ExecutionResumed(reason), cancellation);

    public override async Task RewindInstanceAsync(string instanceId, string reason, CancellationToken cancellation = default)
    {
        await engine.Ready.WaitAsync(cancellation);
        var failed = await Node.Store.GetAsync(instanceId, cancellation) ?? throw new ArgumentException($"There is no orchestration '{instanceId}'.", nameof(instanceId));
        if (failed.Status != OrchestrationRuntimeStatus.Failed)
            throw new InvalidOperationException($"The orchestration '{instanceId}' has not failed; its status is {failed.Status}.");

        await new Rewinding(Node, reason).RunAsync(failed, cancellation);
    }

    public override async Task<string> RestartAsync(string instanceId, bool restartWithNewInstanceId = false, CancellationToken cancellation = default)
    {
        await engine.Ready.WaitAsync(cancellation);
        var old = await Node.Store.GetAsync(instanceId, cancellation) ?? throw new ArgumentException($"There is no orchestration '{instanceId}'.", nameof(instanceId));
        var id = restartWithNewInstanceId ? Guid.CreateVersion7(Node.Clock.GetUtcNow()).ToString("N") : instanceId;
        var header = old.Header with
        {
            InstanceId = id,
            Partition = Node.PartitionOf(id),
            Generation = InstanceHeader.NewGeneration(),
            CreatedAt = Node.UtcNow,
            StartAt = null,
            Parent = null,
        };
        var creation = new NewInstance(header, NewInstance.Finished);
        await CommitAsync(c => c.Creations.Add(creation), cancellation);
        return creation.Refused ? throw new InvalidOperationException($"The orchestration '{id}' is running.") : id;
    }

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitAsync(instanceId, finished: false, getInputsAndOutputs, cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitAsync(instanceId, finished: true, getInputsAndOutputs, cancellation);

    public override async Task<OrchestrationMetadata?> GetInstancesAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        await engine.Ready.WaitAsync(cancellation);
        return await Node.Store.GetAsync(instanceId, cancellation) is { } stored ? Metadata(stored, getInputsAndOutputs) : null;
    }

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        var query = filter ?? new OrchestrationQuery();
        return Pageable.Create<OrchestrationMetadata>((token, size, ct) => ReadPageAsync(query, token ?? query.ContinuationToken, size ?? query.PageSize, ct));
    }

    public override async Task<Page<string>> ListInstanceIdsAsync(
        IEnumerable<OrchestrationRuntimeStatus>? runtimeStatus = null,
        DateTimeOffset? completedTimeFrom = null,
        DateTimeOffset? completedTimeTo = null,
        int pageSize = 100,
        string? lastInstanceKey = null,
        CancellationToken cancellation = default)
    {
        await engine.Ready.WaitAsync(cancellation);
        var query = new FinishedQuery(pageSize)
        {
            From = completedTimeFrom?.UtcTicks ?? 0,
            To = completedTimeTo?.UtcTicks ?? long.MaxValue,
            Statuses = [.. runtimeStatus ?? []],
            After = KeyOf(lastInstanceKey),
        };
        var rows = await Node.Store.ListFinishedAsync(query, cancellation);
        return new Page<string>(rows.ConvertAll(r => r.InstanceId), rows.Count < pageSize ? null : Key(rows[^1].CompletedAt, rows[^1].InstanceId));
    }

    public override async Task<PurgeResult> PurgeInstanceAsync(string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        await engine.Ready.WaitAsync(cancellation);
        return new PurgeResult(await PurgeAsync([instanceId], options?.Recursive ?? false, cancellation), true);
    }

    public override async Task<PurgeResult> PurgeAllInstancesAsync(PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        await engine.Ready.WaitAsync(cancellation);
        var started = Node.StoreClock.GetTimestamp();
        var query = new InstanceQuery(PurgeChunk)
        {
            CreatedFrom = filter.CreatedFrom?.UtcDateTime,
            CreatedTo = filter.CreatedTo?.UtcDateTime,
            Statuses = [.. (filter.Statuses ?? NewInstance.Finished).Where(NewInstance.Finished.Contains)],
        };
        var purged = 0;
        while (query.Statuses.Count > 0)
        {
            var chunk = await Node.Store.QueryAsync(query, cancellation);
            if (chunk.Count == 0)
                break;

            purged += await PurgeAsync(chunk.ConvertAll(i => i.Header.InstanceId), options?.Recursive ?? false, cancellation);
            if (filter.Timeout is { } timeout && Node.StoreClock.GetElapsedTime(started) > timeout)
                return new PurgeResult(purged, chunk.Count < PurgeChunk);

            query = query with { After = (chunk[^1].Header.CreatedAt, chunk[^1].Header.InstanceId) };
        }

        return new PurgeResult(purged, true);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static List<OrchestrationRuntimeStatus> Replaceable(IReadOnlyList<string>? dedupe) => dedupe is null
        ? [.. NewInstance.Finished]
        : [.. NewInstance.Finished.Where(s => !dedupe.Contains(s.ToString(), StringComparer.OrdinalIgnoreCase))];

    private static string Key(long ticks, string instanceId) => $"{ticks}:{instanceId}";

    private static (long Ticks, string InstanceId)? KeyOf(string? key)
    {
        if (key is null)
            return null;

        var colon = key.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && long.TryParse(key.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            ? (ticks, key[(colon + 1)..])
            : throw new ArgumentException("The continuation token is not one of this query.", nameof(key));
    }

    private async Task<Page<OrchestrationMetadata>> ReadPageAsync(OrchestrationQuery filter, string? token, int size, CancellationToken ct)
    {
        await engine.Ready.WaitAsync(ct);
        var after = KeyOf(token);
        var query = new InstanceQuery(size)
        {
            CreatedFrom = filter.CreatedFrom?.UtcDateTime,
            CreatedTo = filter.CreatedTo?.UtcDateTime,
            Statuses = [.. filter.Statuses ?? []],
            IdPrefix = filter.InstanceIdPrefix,
            After = after is null ? null : (new DateTime(after.Value.Ticks, DateTimeKind.Utc), after.Value.InstanceId),
        };
        var rows = await Node.Store.QueryAsync(query, ct);
        var next = rows.Count < size ? null : Key(rows[^1].Header.CreatedAt.Ticks, rows[^1].Header.InstanceId);
        return new Page<OrchestrationMetadata>(rows.ConvertAll(r => Metadata(r, filter.FetchInputsAndOutputs)), next);
    }

    private async Task<int> PurgeAsync(List<string> ids, bool recursive, CancellationToken ct)
    {
        var children = recursive ? await Node.Store.ListChildrenAsync(ids, ct) : [];
        var purged = await Node.Store.PurgeAsync(ids, ct);
        foreach (var chunk in children.Chunk(PurgeChunk))
            purged += await PurgeAsync([.. chunk], recursive, ct);
        return purged;
    }

    private async Task SendAsync(string instanceId, HistoryEvent content, CancellationToken ct)
    {
        await engine.Ready.WaitAsync(ct);
        var message = new Message(InstanceIds.Require(instanceId), Node.PartitionOf(instanceId)) { Id = Node.MessageIds.Next(), Event = content };
        await CommitAsync(c => c.Messages.Add(message), ct);
    }

    private Task CommitAsync(Action<Checkpoint> fill, CancellationToken ct) => ClientCommit.RunAsync(Node, fill, ct);

    private async Task<OrchestrationMetadata> WaitAsync(string instanceId, bool finished, bool outputs, CancellationToken ct)
    {
        await engine.Ready.WaitAsync(ct);
        while (true)
        {
            var owned = Node.OwnedOrNull(Node.PartitionOf(instanceId));
            var next = Node.Waiters.NextAsync(instanceId, finished);
            var header = finished ? Node.UnderWayOrNull(instanceId) : null; // spares the store a question that memory answers
            if (header is null)
            {
                var stored = await Node.Store.GetAsync(instanceId, ct) ?? throw new ArgumentException($"There is no orchestration '{instanceId}'.", nameof(instanceId));
                if (finished ? NewInstance.Finished.Contains(stored.Status) : stored.Status != OrchestrationRuntimeStatus.Pending)
                    return Metadata(stored, outputs);
                header = stored.Header;
            }

            // The end of an earlier run of that id may be told late.
            if (await AwaitChangeAsync(instanceId, owned, next, ct) is { } ended && ended.Header.Generation == header.Generation)
                return Metadata(ended, outputs);
        }
    }

    /// <summary>
    /// An instance that has lived here since before it was looked at tells; one that lives or lived elsewhere may, and is looked at every second: when a partition comes here, what
    /// its former owner told of its end may have come too late.
    /// </summary>
    private async Task<StoredInstance?> AwaitChangeAsync(string instanceId, OwnedPartition? owned, Task<StoredInstance?> change, CancellationToken ct)
    {
        do
        {
            await ((Task)change).WaitAsync(RemotePoll, Node.StoreClock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ct.ThrowIfCancellationRequested();
        }
        while (!change.IsCompleted && owned is not null && Node.OwnedOrNull(owned.Id) == owned);
        return change.IsCompleted ? await change : null;
    }

    private OrchestrationMetadata Metadata(StoredInstance stored, bool outputs) => new(stored.Header.Name, stored.Header.InstanceId)
    {
        DataConverter = outputs ? Converter : null,
        RuntimeStatus = stored.Status,
        CreatedAt = stored.Header.CreatedAt,
        LastUpdatedAt = stored.UpdatedAt,
        SerializedInput = outputs ? stored.Header.Input : null,
        SerializedOutput = outputs ? stored.Output : null,
        SerializedCustomStatus = outputs ? stored.CustomStatus : null,
        FailureDetails = stored.Failure?.ToDetails(),
        Tags = stored.Header.Tags,
    };
}
