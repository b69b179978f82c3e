using System.Data.Common;
using System.Runtime.CompilerServices;

using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Platform.Data;

/// <summary>
/// Gives EF commands whose statements were parsed before. SQLite spends more time on parsing a typical statement than on running it; its driver keeps a parsed
/// statement only as long as the command object, of which EF makes a new one each time. (Npgsql has the same built in: automatic preparation.)
/// </summary>
internal sealed class SqliteStatements : DbCommandInterceptor
{
    private readonly ConditionalWeakTable<SqliteConnection, SqliteStatementCache> _caches = [];

    public override InterceptionResult<DbCommand> CommandCreating(CommandCorrelatedEventData eventData, InterceptionResult<DbCommand> result) =>
        InterceptionResult<DbCommand>.SuppressWithResult(CreateCommand(eventData.Connection));

    /// <summary>A command for <paramref name="connection"/>, of whichever database it is.</summary>
    public DbCommand CreateCommand(DbConnection connection) =>
        connection is SqliteConnection sqlite ? new SqliteCachedCommand(_caches.GetValue(sqlite, owner => new SqliteStatementCache(owner))) : connection.CreateCommand();
}
