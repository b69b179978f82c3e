using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace EmbeddedFunctions.Storage;

/// <summary>Statements on one connection. On SQLite each statement is prepared once for the connection's life; Npgsql prepares by itself.</summary>
internal sealed class HostSession(DbConnection connection, DbTransaction? transaction, Dictionary<string, SqliteCommand>? sqliteCommands)
{
    public bool IsPostgres => sqliteCommands is null;

    public async Task<int> ExecuteAsync(string sql, Action<DbCommand> bind, CancellationToken ct)
    {
        var command = Prepare(sql);
        try
        {
            bind(command);
            return await command.ExecuteNonQueryAsync(ct);
        }
        finally
        {
            await ReleaseAsync(command);
        }
    }

    public async Task<List<T>> QueryAsync<T>(string sql, Action<DbCommand> bind, Func<DbDataReader, T> read, CancellationToken ct)
    {
        var command = Prepare(sql);
        try
        {
            bind(command);
            await using var reader = await command.ExecuteReaderAsync(ct);
            var rows = new List<T>();
            while (await reader.ReadAsync(ct))
                rows.Add(read(reader));
            return rows;
        }
        finally
        {
            await ReleaseAsync(command);
        }
    }

    /// <summary>Runs the statement for each item: on PostgreSQL in one round trip.</summary>
    public async Task ExecuteManyAsync<T>(string sql, IEnumerable<T> items, Action<IParameters, T> bind, CancellationToken ct)
    {
        if (!connection.CanCreateBatch)
        {
            await RepeatAsync(Prepare(sql), items, bind, ct);
            return;
        }

        await using var batch = connection.CreateBatch();
        batch.Transaction = transaction;
        foreach (var item in items)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = sql;
            bind(new BatchParameters(command), item);
            batch.BatchCommands.Add(command);
        }

        if (batch.BatchCommands.Count > 0)
            await batch.ExecuteNonQueryAsync(ct);
    }

    private static async Task RepeatAsync<T>(DbCommand command, IEnumerable<T> items, Action<IParameters, T> bind, CancellationToken ct)
    {
        var parameters = new RepeatedParameters(command);
        foreach (var item in items)
        {
            bind(parameters, item);
            parameters.Restart();
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    private DbCommand Prepare(string sql)
    {
        if (sqliteCommands is not null && sqliteCommands.TryGetValue(sql, out var known))
        {
            known.Parameters.Clear();
            known.Transaction = (SqliteTransaction?)transaction;
            return known;
        }

        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        if (sqliteCommands is not null)
            sqliteCommands[sql] = (SqliteCommand)command;
        return command;
    }

    private ValueTask ReleaseAsync(DbCommand command) => sqliteCommands is null ? command.DisposeAsync() : ValueTask.CompletedTask;
}
