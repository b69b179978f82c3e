using System.Data.Common;
using System.Text;

namespace EmbeddedFunctions.Durable.Storage;

/// <summary>The reads of entities, which are the same SQL on both databases.</summary>
/// <param name="open">Gives an open connection.</param>
/// <param name="schema">What stands before the names of the tables: a schema with its dot, or nothing.</param>
internal sealed class EntityReads(Func<CancellationToken, ValueTask<DbConnection>> open, string schema)
{
    private readonly string _select =
        "SELECT e.entity_id, e.partition_id, e.state, e.lock_owner, e.updated_at, "
        + $"(SELECT count(*) FROM {schema}durable_inbox i WHERE i.partition_id = e.partition_id AND i.instance_id = e.entity_id) FROM {schema}durable_entities e";

    public async Task<StoredEntity?> GetAsync(string entityId, CancellationToken ct)
    {
        await using var connection = await open(ct);
        await using var command = SqlRows.Command(connection, $"{_select} WHERE e.entity_id = @p0", entityId);
        var rows = await SqlRows.ReadAsync(command, EntityOf, ct);
        return rows.Count == 0 ? null : rows[0];
    }

    public async Task<List<StoredEntity>> QueryAsync(StoredEntityQuery query, CancellationToken ct)
    {
        var sql = new StringBuilder($"{_select} WHERE e.entity_id > @p0 AND e.updated_at >= @p1 AND e.updated_at <= @p2");
        var values = new List<object> { query.After ?? "", query.UpdatedFrom?.Ticks ?? 0L, query.UpdatedTo?.Ticks ?? long.MaxValue };
        if (query.IdPrefix is { Length: > 0 } prefix)
        {
            sql.Append($" AND e.entity_id >= @p3 AND substr(e.entity_id, 1, {prefix.Length}) = @p3");
            values.Add(prefix);
        }

        if (!query.IncludeTransient)
            sql.Append(" AND e.state IS NOT NULL");
        if (query.OnlyLocked)
            sql.Append(" AND e.lock_owner IS NOT NULL");
        sql.Append($" ORDER BY e.entity_id LIMIT {query.Limit}");
        await using var connection = await open(ct);
        await using var command = SqlRows.Command(connection, sql.ToString(), [.. values]);
        return await SqlRows.ReadAsync(command, EntityOf, ct);
    }

    public async Task<bool> HasDueSignalsAsync(DateTime dueBy, CancellationToken ct)
    {
        await using var connection = await open(ct);
        await using var command = SqlRows.Command(connection, $"SELECT EXISTS (SELECT 1 FROM {schema}durable_signals WHERE due_at <= @p0)", dueBy.Ticks);
        return Convert.ToInt64(await command.ExecuteScalarAsync(ct)) == 1;
    }

    private static StoredEntity EntityOf(DbDataReader row) => new(row.GetString(0), row.GetInt32(1))
    {
        State = row.IsDBNull(2) ? null : row.GetString(2),
        Lock = row.IsDBNull(3) ? null : HistoryJson.ReadCaller(row.GetString(3)),
        UpdatedAt = new DateTime(row.GetInt64(4), DateTimeKind.Utc),
        Backlog = row.GetInt32(5),
    };
}
