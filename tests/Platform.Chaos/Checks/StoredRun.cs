using System.Data.Common;
using EmbeddedFunctions.DurableTask.Client;

namespace Platform.Chaos.Checks;

internal sealed record StoredRow(string Id, OrchestrationRuntimeStatus Status, string? Output, string? CustomStatus, long Generation, string Name);

/// <summary>Everything that the engine has stored, read from outside.</summary>
internal sealed class StoredRun
{
    public required List<StoredRow> Instances { get; init; }

    /// <summary>By instance: generation, number and events of each checkpoint, in order.</summary>
    public required ILookup<string, (long Generation, int Number, string Events)> History { get; init; }

    /// <summary>Messages that nobody has taken in.</summary>
    public required List<string> Inbox { get; init; }

    /// <summary>By entity: its state and who holds its lock.</summary>
    public required Dictionary<string, (string? State, string? Lock)> Entities { get; init; }

    /// <param name="schema">What stands before the names of the tables: a schema with its dot, or nothing.</param>
    public static async Task<StoredRun> ReadAsync(DbConnection connection, string schema)
    {
        await connection.OpenAsync();
        var history = await ListAsync(connection, $"SELECT instance_id, generation, checkpoint, events FROM {schema}durable_history ORDER BY instance_id, generation, checkpoint",
            r => (Id: r.GetString(0), Piece: (r.GetInt64(1), r.GetInt32(2), r.GetString(3))));
        return new StoredRun
        {
            Instances = await ListAsync(connection, $"SELECT instance_id, status, output, custom_status, generation, name FROM {schema}durable_instances",
                r => new StoredRow(r.GetString(0), (OrchestrationRuntimeStatus)r.GetInt32(1), Text(r, 2), Text(r, 3), r.GetInt64(4), r.GetString(5))),
            History = history.ToLookup(h => h.Id, h => h.Piece),
            Inbox = await ListAsync(connection, $"SELECT instance_id, message_id, event FROM {schema}durable_inbox UNION ALL SELECT instance_id, message_id, event FROM {schema}durable_signals",
                r => $"{r.GetString(0)} {r.GetString(1)} {r.GetString(2)}"),
            Entities = (await ListAsync(connection, $"SELECT entity_id, state, lock_owner FROM {schema}durable_entities", r => (Id: r.GetString(0), State: Text(r, 1), Lock: Text(r, 2))))
                .ToDictionary(e => e.Id, e => (e.State, e.Lock), StringComparer.Ordinal),
        };
    }

    private static async Task<List<T>> ListAsync<T>(DbConnection connection, string sql, Func<DbDataReader, T> read)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
            rows.Add(read(reader));
        return rows;
    }

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
