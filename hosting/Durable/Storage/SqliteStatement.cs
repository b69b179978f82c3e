using Microsoft.Data.Sqlite;

namespace EmbeddedFunctions.Durable.Storage;

/// <summary>A prepared statement that is held for the life of its connection; parameters are <c>@p0</c>, <c>@p1</c>, …</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly SqliteCommand _command;

    public SqliteStatement(SqliteConnection connection, string sql, int parameters = 0)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;
        for (var i = 0; i < parameters; i++)
            _command.Parameters.Add(new SqliteParameter { ParameterName = $"@p{i}" });
        _command.Prepare();
    }

    /// <summary>Returns the number of rows that were written.</summary>
    public int Execute(params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return _command.ExecuteNonQuery();
    }

    public void Dispose() => _command.Dispose();
}
