using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

using Microsoft.Data.Sqlite;

namespace Platform.Data;

/// <summary>Stands in for a command of the driver, which it takes from the cache when the text is known and gives back when it is disposed.</summary>
internal sealed class SqliteCachedCommand(SqliteStatementCache cache) : DbCommand
{
    private SqliteCommand? _inner;
    private string _text = "";
    private bool _failed;

    [AllowNull]
    public override string CommandText
    {
        get => _text;
        set
        {
            GiveBack();
            _text = value ?? "";
        }
    }

    public override int CommandTimeout { get => Inner.CommandTimeout; set => Inner.CommandTimeout = value; }

    public override CommandType CommandType { get => Inner.CommandType; set => Inner.CommandType = value; }

    public override bool DesignTimeVisible { get => Inner.DesignTimeVisible; set => Inner.DesignTimeVisible = value; }

    public override UpdateRowSource UpdatedRowSource { get => Inner.UpdatedRowSource; set => Inner.UpdatedRowSource = value; }

    protected override DbConnection? DbConnection
    {
        get => cache.Connection;
        set
        {
            if (value != cache.Connection)
                throw new NotSupportedException("A cached statement belongs to its connection.");
        }
    }

    protected override DbParameterCollection DbParameterCollection => Inner.Parameters;

    protected override DbTransaction? DbTransaction { get => Inner.Transaction; set => Inner.Transaction = (SqliteTransaction?)value; }

    private SqliteCommand Inner => _inner ??= cache.Rent(_text);

    public override void Cancel() => Inner.Cancel();

    public override void Prepare() => Inner.Prepare();

    public override int ExecuteNonQuery() => Guard(static command => command.ExecuteNonQuery());

    public override object? ExecuteScalar() => Guard(static command => command.ExecuteScalar());

    protected override DbParameter CreateDbParameter() => Inner.CreateParameter();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Guard(command => command.ExecuteReader(behavior));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            GiveBack();
        base.Dispose(disposing);
    }

    private T Guard<T>(Func<SqliteCommand, T> execute)
    {
        _failed = true;
        var result = execute(Inner);
        _failed = false;
        return result;
    }

    // What an error left behind is not worth knowing.
    private void GiveBack()
    {
        if (_failed)
            _inner?.Dispose();
        else if (_inner is not null)
            cache.Return(_inner);
        (_inner, _failed) = (null, false);
    }
}
