using System.Data.Common;
using System.Text;
using EmbeddedFunctions.DurableTask.Client;
using EmbeddedFunctions.Storage;

namespace EmbeddedFunctions.Durable.Storage;

/// <summary>What the stores on both databases have in common: the reads, which are the same SQL. Times are stored as UTC ticks (100 ns), exact on both.</summary>
internal abstract class SqlDurableStore : IDurableStore
{
    private const string Columns =
        "instance_id, partition_id, generation, name, version, input, created_at, start_at, parent_name, parent_id, parent_generation, parent_task, tags, "
        + "status, custom_status, output, failure, updated_at";

    /// <summary>What stands before the names of the tables: a schema with its dot, or nothing.</summary>
    private readonly string _schema;

    private readonly EntityReads _entities;

    protected SqlDurableStore(string schema)
    {
        _schema = schema;
        _entities = new EntityReads(OpenConnectionAsync, schema);
    }

    public abstract bool IsShared { get; }

    public abstract Task<int> OpenAsync(int partitions, CancellationToken ct);

    public abstract Task<NodeView> HeartbeatAsync(string node, TimeSpan lease, CancellationToken ct);

    public abstract Task<List<PartitionLease>> ClaimAsync(string node, IReadOnlyList<int> partitions, CancellationToken ct);

    public abstract Task ReleaseAsync(string node, IReadOnlyList<PartitionLease> leases, bool leave, CancellationToken ct);

    public abstract Task<List<PartitionLease>> RefenceAsync(string node, IReadOnlyList<PartitionLease> leases, CancellationToken ct);

    public abstract Task<List<PartitionLease>> CommitAsync(IReadOnlyList<Checkpoint> checkpoints, Announcement announcement, CancellationToken ct);

    public abstract Task<int> PurgeAsync(IReadOnlyList<string> instanceIds, CancellationToken ct);

    public abstract Task DeliverDueSignalsAsync(IReadOnlyList<int> partitions, DateTime dueBy, CancellationToken ct);

    public abstract Task ProbeAsync(CancellationToken ct);

    public abstract Task ListenAsync(Action<Announcement?> announced, CancellationToken ct);

    public abstract ValueTask DisposeAsync();

    public async Task<LoadedInstance?> LoadAsync(string instanceId, CancellationToken ct)
    {
        await using var connection = await OpenConnectionAsync(ct);
        if (await GetAsync(connection, instanceId, ct) is not { } instance)
            return null;

        List<string> history = NewInstance.Finished.Contains(instance.Status) ? [] : await ReadHistoryAsync(connection, instanceId, instance.Header.Generation, ct);
        return new LoadedInstance(instance, history);
    }

    public async Task<List<string>> ReadHistoryAsync(string instanceId, long generation, CancellationToken ct)
    {
        await using var connection = await OpenConnectionAsync(ct);
        return await ReadHistoryAsync(connection, instanceId, generation, ct);
    }

    public async Task<StoredInstance?> GetAsync(string instanceId, CancellationToken ct)
    {
        await using var connection = await OpenConnectionAsync(ct);
        return await GetAsync(connection, instanceId, ct);
    }

    public async Task<List<string>> ReadInboxIdsAsync(int partition, string instanceId, CancellationToken ct)
    {
        await using var connection = await OpenConnectionAsync(ct);
        await using var command = SqlRows.Command(connection, $"SELECT message_id FROM {_schema}durable_inbox WHERE partition_id = @p0 AND instance_id = @p1 ORDER BY message_id", partition, instanceId);
        return await SqlRows.ReadAsync(command, r => r.GetString(0), ct);
    }

    public async Task<PendingWork> ReadPendingAsync(IReadOnlyList<int> partitions, DateTime? startsDueBy, CancellationToken ct)
    {
        await using var connection = await OpenConnectionAsync(ct);
        var ids = string.Join(',', partitions);
        var condition = startsDueBy is { } by ? $"due_at <= {by.Ticks} AND status = {(int)OrchestrationRuntimeStatus.Pending}" : "due_at IS NOT NULL";
        await using var due = SqlRows.Command(connection, $"SELECT partition_id, instance_id, due_at FROM {_schema}durable_instances WHERE partition_id IN ({ids}) AND {condition}");
        var instances = await SqlRows.ReadAsync(due, r => new DueInstance(r.GetInt32(0), r.GetString(1), Utc(r.GetInt64(2))), ct);
        await using var inbox = SqlRows.Command(connection, $"SELECT partition_id, message_id, instance_id, generation, event FROM {_schema}durable_inbox WHERE partition_id IN ({ids}) ORDER BY message_id");
        var messages = await SqlRows.ReadAsync(inbox, MessageOf, ct);
        return new PendingWork(instances, messages);
    }

    public async Task<bool> HasPendingAsync(IReadOnlyList<int> partitions, DateTime dueBy, CancellationToken ct)
    {
        var ids = string.Join(',', partitions);
        await using var connection = await OpenConnectionAsync(ct);
        await using var command = SqlRows.Command(
            connection,
            $"""
            SELECT EXISTS (SELECT 1 FROM {_schema}durable_inbox WHERE partition_id IN ({ids}))
                OR EXISTS (SELECT 1 FROM {_schema}durable_signals WHERE partition_id IN ({ids}) AND due_at <= @p0)
                OR EXISTS (SELECT 1 FROM {_schema}durable_instances WHERE partition_id IN ({ids}) AND due_at <= @p0 AND status = {(int)OrchestrationRuntimeStatus.Pending})
            """,
            dueBy.Ticks);
        return Convert.ToBoolean(await command.ExecuteScalarAsync(ct));
    }

    public async Task<List<StoredInstance>> QueryAsync(InstanceQuery query, CancellationToken ct)
    {
        var sql = new StringBuilder($"SELECT {Columns} FROM {_schema}durable_instances WHERE created_at >= @p0 AND created_at <= @p1");
        var values = new List<object> { query.CreatedFrom?.Ticks ?? 0L, query.CreatedTo?.Ticks ?? long.MaxValue };
        AppendStatuses(sql, query.Statuses);
        if (query.IdPrefix is { Length: > 0 } prefix)
        {
            sql.Append($" AND substr(instance_id, 1, {prefix.Length}) = @p{values.Count}");
            values.Add(prefix);
        }

        if (query.Name is { Length: > 0 } name)
        {
            sql.Append($" AND lower(name) = lower(@p{values.Count})");
            values.Add(name);
        }

        if (query.After is { } after)
        {
            sql.Append($" AND (created_at < @p{values.Count} OR (created_at = @p{values.Count} AND instance_id > @p{values.Count + 1}))");
            values.Add(after.CreatedAt.Ticks);
            values.Add(after.InstanceId);
        }

        sql.Append($" ORDER BY created_at DESC, instance_id LIMIT {query.Limit}");
        await using var connection = await OpenConnectionAsync(ct);
        await using var command = SqlRows.Command(connection, sql.ToString(), [.. values]);
        return await SqlRows.ReadAsync(command, InstanceOf, ct);
    }

    public async Task<List<(string InstanceId, long CompletedAt)>> ListFinishedAsync(FinishedQuery query, CancellationToken ct)
    {
        var sql = new StringBuilder($"SELECT instance_id, completed_at FROM {_schema}durable_instances WHERE completed_at >= @p0 AND completed_at <= @p1");
        var values = new List<object> { query.From, query.To };
        AppendStatuses(sql, query.Statuses);
        if (query.After is { } after)
        {
            sql.Append(" AND (completed_at > @p2 OR (completed_at = @p2 AND instance_id > @p3))");
            values.Add(after.CompletedAt);
            values.Add(after.InstanceId);
        }

        sql.Append($" ORDER BY completed_at, instance_id LIMIT {query.Limit}");
        await using var connection = await OpenConnectionAsync(ct);
        await using var command = SqlRows.Command(connection, sql.ToString(), [.. values]);
        return await SqlRows.ReadAsync(command, r => (r.GetString(0), r.GetInt64(1)), ct);
    }

    public async Task<List<string>> ListChildrenAsync(IReadOnlyList<string> instanceIds, CancellationToken ct)
    {
        if (instanceIds.Count == 0)
            return [];

        await using var connection = await OpenConnectionAsync(ct);
        await using var command = SqlRows.Command(connection, $"SELECT instance_id FROM {_schema}durable_instances WHERE parent_id IN ({Placeholders(instanceIds.Count)})", [.. instanceIds]);
        return await SqlRows.ReadAsync(command, r => r.GetString(0), ct);
    }

    public Task<StoredEntity?> GetEntityAsync(string entityId, CancellationToken ct) => _entities.GetAsync(entityId, ct);

    public Task<List<StoredEntity>> QueryEntitiesAsync(StoredEntityQuery query, CancellationToken ct) => _entities.QueryAsync(query, ct);

    protected Task<bool> HasDueSignalsAsync(DateTime dueBy, CancellationToken ct) => _entities.HasDueSignalsAsync(dueBy, ct);

    protected abstract ValueTask<DbConnection> OpenConnectionAsync(CancellationToken ct);

    /// <summary>Deletes in the order instance, history, inbox within the caller's transaction.</summary>
    protected async Task<int> PurgeAsync(DbConnection connection, DbTransaction transaction, IReadOnlyList<string> instanceIds, CancellationToken ct)
    {
        var finished = string.Join(',', NewInstance.Finished.Select(s => (int)s));
        await using var select = SqlRows.Command(
            connection, $"DELETE FROM {_schema}durable_instances WHERE instance_id IN ({Placeholders(instanceIds.Count)}) AND status IN ({finished}) RETURNING instance_id", [.. instanceIds]);
        select.Transaction = transaction;
        var purged = await SqlRows.ReadAsync(select, r => r.GetString(0), ct);
        if (purged.Count == 0)
            return 0;

        foreach (var table in new[] { "durable_history", "durable_inbox" })
        {
            await using var delete = SqlRows.Command(connection, $"DELETE FROM {_schema}{table} WHERE instance_id IN ({Placeholders(purged.Count)})", [.. purged]);
            delete.Transaction = transaction;
            await delete.ExecuteNonQueryAsync(ct);
        }

        return purged.Count;
    }

    protected async Task ProbeAsync(DbConnection connection, DbTransaction transaction, CancellationToken ct)
    {
        var id = $"probe {Guid.CreateVersion7():N}";
        await using var insert = SqlRows.Command(connection, $"INSERT INTO {_schema}durable_history (instance_id, generation, checkpoint, events) VALUES (@p0, 0, 0, @p1)", id, HostStorageProbe.Filler);
        insert.Transaction = transaction;
        await insert.ExecuteNonQueryAsync(ct);
        await using var delete = SqlRows.Command(connection, $"DELETE FROM {_schema}durable_history WHERE instance_id = @p0", id);
        delete.Transaction = transaction;
        await delete.ExecuteNonQueryAsync(ct);
    }

    private static string Placeholders(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $"@p{i}"));

    private static void AppendStatuses(StringBuilder sql, IReadOnlyList<OrchestrationRuntimeStatus> statuses)
    {
        if (statuses.Count > 0)
            sql.Append($" AND status IN ({string.Join(',', statuses.Select(s => (int)s))})");
    }

    private static Message MessageOf(DbDataReader row) => new(row.GetString(2), row.GetInt32(0))
    {
        Id = row.GetString(1),
        Generation = row.IsDBNull(3) ? null : row.GetInt64(3),
        Event = HistoryJson.ReadEvent(row.GetString(4)),
    };

    private static StoredInstance InstanceOf(DbDataReader row) => new(HeaderOf(row), (OrchestrationRuntimeStatus)row.GetInt32(13))
    {
        CustomStatus = Text(row, 14),
        Output = Text(row, 15),
        Failure = HistoryJson.ReadFailure(Text(row, 16)),
        UpdatedAt = Utc(row.GetInt64(17)),
    };

    private static InstanceHeader HeaderOf(DbDataReader row) => new(row.GetString(0), row.GetInt32(1), row.GetInt64(2), row.GetString(3))
    {
        Version = Text(row, 4),
        Input = Text(row, 5),
        CreatedAt = Utc(row.GetInt64(6)),
        StartAt = row.IsDBNull(7) ? null : Utc(row.GetInt64(7)),
        Parent = row.IsDBNull(9) ? null : new ParentLink(row.GetString(8), row.GetString(9), row.GetInt64(10), row.GetInt32(11)),
        Tags = HistoryJson.ReadTags(Text(row, 12)),
    };

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTime Utc(long ticks) => new(ticks, DateTimeKind.Utc);

    private async Task<List<string>> ReadHistoryAsync(DbConnection connection, string instanceId, long generation, CancellationToken ct)
    {
        await using var command = SqlRows.Command(connection, $"SELECT events FROM {_schema}durable_history WHERE instance_id = @p0 AND generation = @p1 ORDER BY checkpoint", instanceId, generation);
        return await SqlRows.ReadAsync(command, r => r.GetString(0), ct);
    }

    private async Task<StoredInstance?> GetAsync(DbConnection connection, string instanceId, CancellationToken ct)
    {
        await using var command = SqlRows.Command(connection, $"SELECT {Columns} FROM {_schema}durable_instances WHERE instance_id = @p0", instanceId);
        var rows = await SqlRows.ReadAsync(command, InstanceOf, ct);
        return rows.Count == 0 ? null : rows[0];
    }
}
