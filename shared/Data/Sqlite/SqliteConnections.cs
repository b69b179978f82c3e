using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;

using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Platform.Data;

/// <summary>
/// Keeps SQLite connections open from one unit of work to the next. Opening one costs more than a typical query: settings, EF's SQL functions, an empty page
/// cache, and every statement has to be parsed again. Settings: a commit is on disk before it returns, foreign keys hold, and a writer from outside the process is
/// waited for. (WAL is a property of the file and is set by the migration.)
/// </summary>
internal sealed class SqliteConnections : DbConnectionInterceptor, IDisposable
{
    private const int MostIdle = 16;
    private const string Sql = "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=10000;";
    private readonly ConcurrentBag<DbConnection> _idle = [];
    private volatile bool _disposed;

    public static Task ApplyAsync(DbConnection connection, CancellationToken ct) => ExecuteAsync(connection, Sql, ct);

    public static Task RelaxAsync(DbConnection connection, CancellationToken ct) => ExecuteAsync(connection, "PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=10000;", ct);

    public override InterceptionResult<DbConnection> ConnectionCreating(ConnectionCreatingEventData eventData, InterceptionResult<DbConnection> result) =>
        _idle.TryTake(out var open) ? InterceptionResult<DbConnection>.SuppressWithResult(open) : result;

    public override InterceptionResult ConnectionDisposing(DbConnection connection, ConnectionEventData eventData, InterceptionResult result) =>
        TryKeep(connection) ? InterceptionResult.Suppress() : result;

    public override ValueTask<InterceptionResult> ConnectionDisposingAsync(DbConnection connection, ConnectionEventData eventData, InterceptionResult result) =>
        ValueTask.FromResult(ConnectionDisposing(connection, eventData, result));

    public override InterceptionResult ConnectionClosing(DbConnection connection, ConnectionEventData eventData, InterceptionResult result) => InterceptionResult.Suppress();

    public override ValueTask<InterceptionResult> ConnectionClosingAsync(DbConnection connection, ConnectionEventData eventData, InterceptionResult result) =>
        ValueTask.FromResult(InterceptionResult.Suppress());

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default) =>
        ExecuteAsync(connection, Sql, cancellationToken);

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out var connection))
            connection.Dispose();
    }

    private bool TryKeep(DbConnection connection)
    {
        if (_disposed || connection.State != ConnectionState.Open || _idle.Count >= MostIdle)
            return false;
        _idle.Add(connection);
        if (_disposed)
            Dispose(); // it came between the last look and the end
        return true;
    }

    private static void Apply(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Sql;
        command.ExecuteNonQuery();
    }

    private static async Task ExecuteAsync(DbConnection connection, string sql, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(ct);
    }
}
