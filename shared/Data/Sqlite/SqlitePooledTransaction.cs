using System.Data;
using System.Data.Common;

using Microsoft.Data.Sqlite;

namespace Platform.Data;

/// <summary>A transaction on a session that is its own until it is disposed.</summary>
internal sealed class SqlitePooledTransaction(SqlitePooledConnection connection, SqliteSession session, SqliteTransaction inner) : DbTransaction
{
    private bool _disposed;

    public SqliteSession Session => session;

    public SqliteTransaction Inner => inner;

    public override IsolationLevel IsolationLevel => inner.IsolationLevel;

    public override bool SupportsSavepoints => inner.SupportsSavepoints;

    protected override DbConnection? DbConnection => inner.Connection is null ? null : connection;

    public override void Commit() => inner.Commit();

    public override void Rollback() => inner.Rollback();

    public override void Save(string savepointName) => inner.Save(savepointName);

    public override void Rollback(string savepointName) => inner.Rollback(savepointName);

    public override void Release(string savepointName) => inner.Release(savepointName);

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            try
            {
                inner.Dispose();
            }
            finally
            {
                connection.End(this);
            }
        }

        base.Dispose(disposing);
    }
}
