using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

using Microsoft.Data.Sqlite;

namespace Platform.Data;

/// <summary>
/// What EF takes for its connection. A transaction has a session of the pool until it ends; outside of one each command has its own as long as it runs, so settings
/// of a session do not outlive a command.
/// </summary>
internal sealed class SqlitePooledConnection(SqlitePool pool, SqliteDurability durability = SqliteDurability.Full) : DbConnection
{
    private SqlitePooledTransaction? _transaction;
    private bool _open;

    [AllowNull]
    public override string ConnectionString
    {
        get => pool.ConnectionString;
        set => throw new NotSupportedException("The pool's connections all lead to one database.");
    }

    public override string Database => "main";

    public override string DataSource => new SqliteConnectionStringBuilder(ConnectionString).DataSource;

    public override string ServerVersion => SQLitePCL.raw.sqlite3_libversion().utf8_to_string();

    public override ConnectionState State => _open ? ConnectionState.Open : ConnectionState.Closed;

    public override void Open() => _open = true;

    public override void Close()
    {
        _open = false;
        _transaction?.Dispose();
    }

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException("SQLite has one database in a file.");

    /// <summary>Statements that run when it is cancelled stop with SQLite's "interrupted".</summary>
    internal CancellationToken CutOff { get; set; }

    /// <summary>How commits of the transactions that begin from now on reach the disk.</summary>
    internal SqliteDurability Durability { get; set; } = durability;

    internal SqliteSession? TransactionSession => _transaction?.Session;

    internal SqliteSession Rent() => _open ? pool.Rent() : throw new InvalidOperationException("The connection is not open.");

    internal void Return(SqliteSession session) => pool.Return(session);

    internal void End(SqlitePooledTransaction transaction)
    {
        _transaction = null;
        pool.ReturnWriter(transaction.Session);
    }

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel)
    {
        if (!_open || _transaction is not null)
            throw new InvalidOperationException(_open ? "A connection has one transaction at a time." : "The connection is not open.");
        var session = pool.RentWriter(Durability);
        try
        {
            return _transaction = new SqlitePooledTransaction(this, session, session.Connection.BeginTransaction(isolationLevel));
        }
        catch
        {
            pool.ReturnWriter(session);
            throw;
        }
    }

    protected override DbCommand CreateDbCommand() => new SqlitePooledCommand(this);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Close();
        base.Dispose(disposing);
    }
}
