using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

using Microsoft.Data.Sqlite;

namespace Platform.Data;

/// <summary>What EF takes for its connection: opening takes a session from the pool, closing gives it back.</summary>
internal sealed class SqlitePooledConnection(SqlitePool pool, Func<SqliteConnection> create, string connectionString) : DbConnection
{
    private SqliteSession? _session;

    [AllowNull]
    public override string ConnectionString
    {
        get => connectionString;
        set => throw new NotSupportedException("The pool's connections all lead to one database.");
    }

    public override string Database => "main";

    public override string DataSource => new SqliteConnectionStringBuilder(connectionString).DataSource;

    public override string ServerVersion => Session.Connection.ServerVersion;

    public override ConnectionState State => _session is null ? ConnectionState.Closed : ConnectionState.Open;

    public SqliteSession Session => _session ?? throw new InvalidOperationException("The connection is not open.");

    public override void Open() => _session ??= pool.Rent(create);

    public override void Close()
    {
        if (_session is not { } session)
            return;
        _session = null;
        pool.Return(session);
    }

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException("SQLite has one database in a file.");

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) =>
        new SqlitePooledTransaction(this, Session.Connection.BeginTransaction(isolationLevel));

    protected override DbCommand CreateDbCommand() => new SqlitePooledCommand(this);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Close();
        base.Dispose(disposing);
    }
}
