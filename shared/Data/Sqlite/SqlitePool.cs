using System.Collections.Concurrent;

using Microsoft.Data.Sqlite;

namespace Platform.Data;

/// <summary>
/// Open SQLite connections between two uses. The last one used goes out first: its page cache is the least stale, and few connections do most of the work, so
/// that their statements are parsed already. (The driver's own pool keeps handles, but neither their settings nor their statements.)
/// </summary>
internal sealed class SqlitePool : IDisposable
{
    private const int MostIdle = 16;
    private readonly ConcurrentStack<SqliteSession> _idle = [];
    private volatile bool _disposed;

    /// <summary>An open session; <paramref name="create"/> makes the connection when none is idle.</summary>
    public SqliteSession Rent(Func<SqliteConnection> create)
    {
        if (_idle.TryPop(out var session))
            return session;

        var connection = create();
        try
        {
            connection.Open();
            SqliteSettings.Apply(connection);
            return new SqliteSession(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Return(SqliteSession session)
    {
        if (_disposed || _idle.Count >= MostIdle || !session.IsClean)
        {
            session.Dispose();
            return;
        }

        _idle.Push(session);
        if (_disposed)
            Dispose(); // it came between the look and the end
    }

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryPop(out var session))
            session.Dispose();
    }
}
