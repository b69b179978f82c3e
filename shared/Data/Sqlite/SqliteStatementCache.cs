using Microsoft.Data.Sqlite;

namespace Platform.Data;

/// <summary>The parsed statements of one connection that are not in use. Like its connection, it serves one thread at a time.</summary>
internal sealed class SqliteStatementCache(SqliteConnection connection)
{
    private const int Most = 128;
    private readonly Dictionary<string, SqliteCommand> _idle = new(StringComparer.Ordinal);

    public SqliteConnection Connection => connection;

    public SqliteCommand Rent(string sql)
    {
        if (_idle.Remove(sql, out var command))
            return command;
        command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    public void Return(SqliteCommand command)
    {
        command.Parameters.Clear();
        command.Transaction = null;
        if (_idle.Count >= Most || !_idle.TryAdd(command.CommandText, command))
            command.Dispose();
    }
}
