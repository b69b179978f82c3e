using EmbeddedFunctions.Durable.Storage;
using EmbeddedFunctions.DurableTask;
using EmbeddedFunctions.DurableTask.Client;
using EmbeddedFunctions.DurableTask.Client.Entities;
using EmbeddedFunctions.DurableTask.Entities;

namespace EmbeddedFunctions.Durable;

/// <summary>Entities through the engine in this process, from any node.</summary>
internal sealed class EmbeddedDurableEntityClient(DurableEngine engine) : DurableEntityClient("default")
{
    private DurableNode Node => engine.Node;

    public override async Task SignalEntityAsync(
        EntityInstanceId id, string operationName, object? input = null, SignalEntityOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(operationName);
        var entity = EntityIds.Require(id);
        await engine.Ready.WaitAsync(cancellation);
        var due = options?.SignalTime?.UtcDateTime;
        var message = NewMessage(entity, new OperationRequest(operationName, Node.Services.Converter.Serialize(input), null)) with { DueAt = due > Node.UtcNow ? due : null };
        await ClientCommit.RunAsync(Node, c => c.Messages.Add(message), cancellation);
    }

    public override async Task<EntityMetadata<T>?> GetEntityAsync<T>(EntityInstanceId id, bool includeState = true, CancellationToken cancellation = default) =>
        await ReadAsync(id, cancellation) is { } stored ? Typed<T>(stored, includeState) : null;

    public override async Task<EntityMetadata?> GetEntityAsync(EntityInstanceId id, bool includeState = true, CancellationToken cancellation = default) =>
        await ReadAsync(id, cancellation) is { } stored ? Untyped(stored, includeState) : null;

    public override AsyncPageable<EntityMetadata> GetAllEntitiesAsync(EntityQuery? filter = null) => Query(filter ?? new EntityQuery(), Untyped);

    public override AsyncPageable<EntityMetadata<T>> GetAllEntitiesAsync<T>(EntityQuery? filter = null) => Query(filter ?? new EntityQuery(), Typed<T>);

    /// <remarks>An entity without state leaves no row behind, unless it is locked: there are never empty ones to remove.</remarks>
    public override async Task<CleanEntityStorageResult> CleanEntityStorageAsync(
        CleanEntityStorageRequest? request = null, bool continueUntilComplete = true, CancellationToken cancellation = default)
    {
        await engine.Ready.WaitAsync(cancellation);
        var wanted = request ?? CleanEntityStorageRequest.Default;
        var (token, released) = (wanted.ContinuationToken, 0);
        if (!wanted.ReleaseOrphanedLocks)
            return default;

        do
        {
            var locked = await Node.Store.QueryEntitiesAsync(new StoredEntityQuery(EntityQuery.DefaultPageSize) { OnlyLocked = true, IncludeTransient = true, After = token }, cancellation);
            token = locked.Count < EntityQuery.DefaultPageSize ? null : locked[^1].EntityId;
            released += await ReleaseOrphansAsync(locked, cancellation);
        }
        while (continueUntilComplete && token is not null);
        return new CleanEntityStorageResult { ContinuationToken = token, OrphanedLocksReleased = released };
    }

    private async Task<int> ReleaseOrphansAsync(List<StoredEntity> locked, CancellationToken ct)
    {
        var releases = new List<Message>();
        foreach (var entity in locked)
        {
            var owner = await Node.Store.GetAsync(entity.Lock!.InstanceId, ct);
            if (owner is null || NewInstance.Finished.Contains(owner.Status) || owner.Header.Generation != entity.Lock.Generation)
                releases.Add(NewMessage(entity.EntityId, new LockRelease(entity.Lock, null)));
        }

        if (releases.Count > 0)
            await ClientCommit.RunAsync(Node, c => c.Messages.AddRange(releases), ct);
        return releases.Count;
    }

    private async Task<StoredEntity?> ReadAsync(EntityInstanceId id, CancellationToken ct)
    {
        var entity = EntityIds.Require(id);
        await engine.Ready.WaitAsync(ct);
        return await Node.Store.GetEntityAsync(entity, ct) is { State: not null } stored ? stored : null;
    }

    private AsyncPageable<T> Query<T>(EntityQuery filter, Func<StoredEntity, bool, T> metadata)
        where T : notnull => Pageable.Create<T>(async (token, size, ct) =>
        {
            await engine.Ready.WaitAsync(ct);
            var query = new StoredEntityQuery(size ?? filter.PageSize ?? EntityQuery.DefaultPageSize)
            {
                IdPrefix = filter.InstanceIdStartsWith,
                UpdatedFrom = filter.LastModifiedFrom?.UtcDateTime,
                UpdatedTo = filter.LastModifiedTo?.UtcDateTime,
                IncludeTransient = filter.IncludeTransient,
                After = token ?? filter.ContinuationToken,
            };
            var rows = await Node.Store.QueryEntitiesAsync(query, ct);
            return new Page<T>(rows.ConvertAll(r => metadata(r, filter.IncludeState)), rows.Count < query.Limit ? null : rows[^1].EntityId);
        });

    private EntityMetadata<T> Typed<T>(StoredEntity stored, bool includeState)
    {
        var id = EntityInstanceId.FromString(stored.EntityId);
        var state = includeState && stored.State is not null ? Node.Services.Converter.Deserialize<T>(stored.State) : default;
        return state is null || !includeState || stored.State is null
            ? new EntityMetadata<T>(id) { LastModifiedTime = stored.UpdatedAt, LockedBy = stored.Lock?.InstanceId, BacklogQueueSize = stored.Backlog }
            : new EntityMetadata<T>(id, state) { LastModifiedTime = stored.UpdatedAt, LockedBy = stored.Lock?.InstanceId, BacklogQueueSize = stored.Backlog };
    }

    private EntityMetadata Untyped(StoredEntity stored, bool includeState) =>
        new(EntityInstanceId.FromString(stored.EntityId), includeState && stored.State is { } state ? new SerializedData(state, Node.Services.Converter) : null)
        {
            LastModifiedTime = stored.UpdatedAt,
            LockedBy = stored.Lock?.InstanceId,
            BacklogQueueSize = stored.Backlog,
        };

    private Message NewMessage(string entityId, HistoryEvent content) => new(entityId, Node.PartitionOf(entityId)) { Id = Node.MessageIds.Next(), Event = content };
}
