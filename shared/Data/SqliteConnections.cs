using System.Data.Common;

using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Platform.Data;

/// <summary>
/// Settings of each SQLite connection: a commit is on disk before it returns, foreign keys hold, and a writer from outside the process is waited for.
/// (WAL is a property of the file and is set by the migration.) A connection stays open until its unit of work ends instead of from
/// one statement to the next, because EF registers its SQL functions at each opening, which costs 20 µs.
/// </summary>
internal sealed class SqliteConnections : DbConnectionInterceptor
{
    private const string Sql = "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=10000;";

    public static Task ApplyAsync(DbConnection connection, CancellationToken ct) => ExecuteAsync(connection, Sql, ct);

    public static Task RelaxAsync(DbConnection connection, CancellationToken ct) => ExecuteAsync(connection, "PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=10000;", ct);

    public override InterceptionResult ConnectionClosing(DbConnection connection, ConnectionEventData eventData, InterceptionResult result) => InterceptionResult.Suppress();

    public override ValueTask<InterceptionResult> ConnectionClosingAsync(DbConnection connection, ConnectionEventData eventData, InterceptionResult result) =>
        ValueTask.FromResult(InterceptionResult.Suppress());

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default) =>
        ExecuteAsync(connection, Sql, cancellationToken);

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
