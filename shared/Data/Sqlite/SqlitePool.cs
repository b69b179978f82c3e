using System.Collections.Concurrent;

using Microsoft.Data.Sqlite;

namespace Platform.Data;

/// <summary>
/// Open SQLite connections between two uses. (The driver's own pool keeps handles, but neither their settings nor their statements.)
/// <para>Transactions, which write one at a time, always get the same session: nobody else changes the file, so its page cache stays valid, whereas SQLite drops a
/// session's whole cache after another one's commit. Reads get the session that was used last: its cache is the least stale, and few sessions do most of the work.</para>
/// </summary>
internal sealed class SqlitePool(string connectionString) : IDisposable
{
    private const int MostIdle = 16;
    private readonly ConcurrentStack<SqliteSession> _idle = [];
    private SqliteSession? _writer;
    private volatile bool _disposed;

    public string ConnectionString => connectionString;

    /// <summary>A session for one statement.</summary>
    public SqliteSession Rent() => _idle.TryPop(out var session) ? session : Create();

    /// <summary>A session for a transaction, and how its commits are to reach the disk.</summary>
    public SqliteSession RentWriter(SqliteDurability durability)
    {
        var session = Interlocked.Exchange(ref _writer, null) ?? Create();
        session.Use(durability);
        return session;
    }

    public void Return(SqliteSession session)
    {
        if (_disposed || _idle.Count >= MostIdle || !session.IsClean)
        {
            session.Dispose();
            return;
        }

        _idle.Push(session);
        DisposeIfOver();
    }

    public void ReturnWriter(SqliteSession session)
    {
        var surplus = session.IsClean ? Interlocked.CompareExchange(ref _writer, session, null) is null ? null : session : session;
        surplus?.Dispose();
        DisposeIfOver();
    }

    public void Dispose()
    {
        _disposed = true;
        DisposeIfOver();
    }

    private void DisposeIfOver()
    {
        if (!_disposed)
            return;
        Interlocked.Exchange(ref _writer, null)?.Dispose();
        while (_idle.TryPop(out var session))
            session.Dispose();
    }

    private SqliteSession Create()
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            return new SqliteSession(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
