using System.Data.Common;
using System.Text;
using EmbeddedFunctions.DurableTask.Client;

namespace EmbeddedFunctions.Durable.Storage;

/// <summary>The reads, which are the same SQL on both databases. Times are stored as UTC ticks (100 ns), exact on both.</summary>
/// <param name="open">Gives an open connection.</param>
/// <param name="schema">What stands before the names of the tables: a schema with its dot, or nothing.</param>
internal sealed class DurableReads(Func<CancellationToken, ValueTask<DbConnection>> open, string schema)
{
    private const string Columns =
        "instance_id, partition_id, generation, name, version, input, created_at, start_at, parent_name, parent_id, parent_generation, parent_task, tags, "
        + "status, custom_status, output, failure, updated_at";

    public async Task<LoadedInstance?> LoadAsync(string instanceId, CancellationToken ct)
    {
        await using var connection = await open(ct);
        if (await GetAsync(connection, instanceId, ct) is not { } instance)
            return null;

        List<string> history = NewInstance.Finished.Contains(instance.Status) ? [] : await ReadHistoryAsync(connection, instanceId, instance.Header.Generation, ct);
        return new LoadedInstance(instance, history);
    }

    public async Task<List<string>> ReadHistoryAsync(string instanceId, long generation, CancellationToken ct)
    {
        await using var connection = await open(ct);
        return await ReadHistoryAsync(connection, instanceId, generation, ct);
    }

    public async Task<StoredInstance?> GetAsync(string instanceId, CancellationToken ct)
    {
        await using var connection = await open(ct);
        return await GetAsync(connection, instanceId, ct);
    }

    public async Task<List<string>> ReadInboxIdsAsync(int partition, string instanceId, CancellationToken ct)
    {
        await using var connection = await open(ct);
        await using var command = Command(connection, $"SELECT message_id FROM {schema}durable_inbox WHERE partition_id = @p0 AND instance_id = @p1 ORDER BY message_id", partition, instanceId);
        return await ReadAsync(command, r => r.GetString(0), ct);
    }

    public async Task<PendingWork> ReadPendingAsync(IReadOnlyList<int> partitions, DateTime? startsDueBy, CancellationToken ct)
    {
        await using var connection = await open(ct);
        var ids = string.Join(',', partitions);
        var condition = startsDueBy is { } by ? $"due_at <= {by.Ticks} AND status = {(int)OrchestrationRuntimeStatus.Pending}" : "due_at IS NOT NULL";
        await using var due = Command(connection, $"SELECT partition_id, instance_id, due_at FROM {schema}durable_instances WHERE partition_id IN ({ids}) AND {condition}");
        var instances = await ReadAsync(due, r => new DueInstance(r.GetInt32(0), r.GetString(1), Utc(r.GetInt64(2))), ct);
        await using var inbox = Command(connection, $"SELECT partition_id, message_id, instance_id, generation, event FROM {schema}durable_inbox WHERE partition_id IN ({ids}) ORDER BY message_id");
        var messages = await ReadAsync(inbox, MessageOf, ct);
        return new PendingWork(instances, messages);
    }

    public async Task<List<StoredInstance>> QueryAsync(InstanceQuery query, CancellationToken ct)
    {
        var sql = new StringBuilder($"SELECT {Columns} FROM {schema}durable_instances WHERE created_at >= @p0 AND created_at <= @p1");
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
        await using var connection = await open(ct);
        await using var command = Command(connection, sql.ToString(), [.. values]);
        return await ReadAsync(command, InstanceOf, ct);
    }

    public async Task<List<(string InstanceId, long CompletedAt)>> ListFinishedAsync(FinishedQuery query, CancellationToken ct)
    {
        var sql = new StringBuilder($"SELECT instance_id, completed_at FROM {schema}durable_instances WHERE completed_at >= @p0 AND completed_at <= @p1");
        var values = new List<object> { query.From, query.To };
        AppendStatuses(sql, query.Statuses);
        if (query.After is { } after)
        {
            sql.Append(" AND (completed_at > @p2 OR (completed_at = @p2 AND instance_id > @p3))");
            values.Add(after.CompletedAt);
            values.Add(after.InstanceId);
        }

        sql.Append($" ORDER BY completed_at, instance_id LIMIT {query.Limit}");
        await using var connection = await open(ct);
        await using var command = Command(connection, sql.ToString(), [.. values]);
        return await ReadAsync(command, r => (r.GetString(0), r.GetInt64(1)), ct);
    }

    public async Task<List<string>> ListChildrenAsync(IReadOnlyList<string> instanceIds, CancellationToken ct)
    {
        if (instanceIds.Count == 0)
            return [];

        await using var connection = await open(ct);
        await using var command = Command(connection, $"SELECT instance_id FROM {schema}durable_instances WHERE parent_id IN ({Placeholders(instanceIds.Count)})", [.. instanceIds]);
        return await ReadAsync(command, r => r.GetString(0), ct);
    }

    /// <summary>Deletes in the order instance, history, inbox within the caller's transaction.</summary>
    public async Task<int> PurgeAsync(DbConnection connection, DbTransaction transaction, IReadOnlyList<string> instanceIds, CancellationToken ct)
    {
        var finished = string.Join(',', NewInstance.Finished.Select(s => (int)s));
        await using var select = Command(
            connection, $"DELETE FROM {schema}durable_instances WHERE instance_id IN ({Placeholders(instanceIds.Count)}) AND status IN ({finished}) RETURNING instance_id", [.. instanceIds]);
        select.Transaction = transaction;
        var purged = await ReadAsync(select, r => r.GetString(0), ct);
        if (purged.Count == 0)
            return 0;

        foreach (var table in new[] { "durable_history", "durable_inbox" })
        {
            await using var delete = Command(connection, $"DELETE FROM {schema}{table} WHERE instance_id IN ({Placeholders(purged.Count)})", [.. purged]);
            delete.Transaction = transaction;
            await delete.ExecuteNonQueryAsync(ct);
        }

        return purged.Count;
    }

    private static string Placeholders(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $"@p{i}"));

    private static void AppendStatuses(StringBuilder sql, IReadOnlyList<OrchestrationRuntimeStatus> statuses)
    {
        if (statuses.Count > 0)
            sql.Append($" AND status IN ({string.Join(',', statuses.Select(s => (int)s))})");
    }

    public static DbCommand Command(DbConnection connection, string sql, params object[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"p{i}";
            parameter.Value = values[i];
            command.Parameters.Add(parameter);
        }

        return command;
    }

    public static async Task<List<T>> ReadAsync<T>(DbCommand command, Func<DbDataReader, T> read, CancellationToken ct)
    {
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            rows.Add(read(reader));
        return rows;
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
        await using var command = Command(connection, $"SELECT events FROM {schema}durable_history WHERE instance_id = @p0 AND generation = @p1 ORDER BY checkpoint", instanceId, generation);
        return await ReadAsync(command, r => r.GetString(0), ct);
    }

    private async Task<StoredInstance?> GetAsync(DbConnection connection, string instanceId, CancellationToken ct)
    {
        await using var command = Command(connection, $"SELECT {Columns} FROM {schema}durable_instances WHERE instance_id = @p0", instanceId);
        var rows = await ReadAsync(command, InstanceOf, ct);
        return rows.Count == 0 ? null : rows[0];
    }
}
