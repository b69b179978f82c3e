using Microsoft.Data.Sqlite;

using static SQLitePCL.raw;

namespace Platform.Data;

/// <summary>An open connection and the parsed statements that wait on it for their next use. Serves one unit of work at a time.</summary>
internal sealed class SqliteSession(SqliteConnection connection) : IDisposable
{
    private const int MostStatements = 128;
    private readonly Dictionary<string, SqliteCommand> _idle = new(StringComparer.Ordinal);

    public SqliteConnection Connection => connection;

    /// <summary>Whether the next unit of work may have it: no transaction was left open.</summary>
    public bool IsClean => sqlite3_get_autocommit(connection.Handle) != 0;

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
        if (_idle.Count >= MostStatements || !_idle.TryAdd(command.CommandText, command))
            command.Dispose();
    }

    public void Dispose() => connection.Dispose(); // and with it its statements
}
