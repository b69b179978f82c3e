using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

using Microsoft.Data.Sqlite;

namespace Platform.Data;

/// <summary>
/// A command that runs as one which its session has parsed before. SQLite spends more time on parsing a typical statement than on running it, and its driver keeps
/// a parsed statement only as long as the command object, of which EF makes a new one each time. (Npgsql has the same built in: automatic preparation.)
/// </summary>
internal sealed class SqlitePooledCommand(SqlitePooledConnection connection) : DbCommand
{
    private readonly SqliteCommand _description = new();
    private SqliteSession? _session;
    private bool _rented;
    private SqliteCommand? _running;
    private bool _failed;

    [AllowNull]
    public override string CommandText { get => _description.CommandText; set => _description.CommandText = value; }

    public override int CommandTimeout { get => _description.CommandTimeout; set => _description.CommandTimeout = value; }

    public override CommandType CommandType { get => _description.CommandType; set => _description.CommandType = value; }

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    protected override DbConnection? DbConnection
    {
        get => connection;
        set
        {
            if (value != connection)
                throw new NotSupportedException("A command of the pool belongs to its connection.");
        }
    }

    protected override DbParameterCollection DbParameterCollection => _description.Parameters;

    protected override DbTransaction? DbTransaction { get; set; }

    public override void Cancel() => _running?.Cancel();

    public override void Prepare()
    {
        // The session keeps every statement that has run once.
    }

    public override int ExecuteNonQuery() => Run(static command => command.ExecuteNonQuery());

    public override object? ExecuteScalar() => Run(static command => command.ExecuteScalar());

    protected override DbParameter CreateDbParameter() => new SqliteParameter();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Run(command => command.ExecuteReader(behavior));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            GiveBack();
            _description.Dispose();
        }

        base.Dispose(disposing);
    }

    private T Run<T>(Func<SqliteCommand, T> execute)
    {
        GiveBack();
        _rented = connection.TransactionSession is null;
        _session = connection.TransactionSession ?? connection.Rent();
        _running = _session.Rent(CommandText);
        _running.CommandTimeout = CommandTimeout;
        _running.Transaction = ((SqlitePooledTransaction?)DbTransaction)?.Inner;
        foreach (SqliteParameter parameter in _description.Parameters)
            _running.Parameters.Add(parameter);
        _session.Watch(connection.CutOff);
        _failed = true;
        var result = execute(_running);
        _failed = false;
        return result;
    }

    private void GiveBack()
    {
        if (_running is null)
            return;
        _session!.Watch(default);
        if (_failed)
            _running.Dispose(); // what an error left behind is not worth knowing
        else
            _session.Return(_running);
        if (_rented)
            connection.Return(_session);
        (_running, _session, _failed) = (null, null, false);
    }
}
