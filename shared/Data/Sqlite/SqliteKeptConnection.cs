using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Sqlite.Storage.Internal;
using Microsoft.EntityFrameworkCore.Storage;

namespace Platform.Data;

/// <summary>
/// EF's connection to SQLite, which stays open from one unit of work of its pooled context to the next. Opening one costs more than a typical query: settings,
/// EF's SQL functions, an empty page cache, and every statement has to be parsed again.
/// </summary>
#pragma warning disable EF1001 // EF offers no public way to keep a connection that it owns open
internal sealed class SqliteKeptConnection(
    RelationalConnectionDependencies dependencies, IRawSqlCommandBuilder rawSqlCommandBuilder, IDiagnosticsLogger<DbLoggerCategory.Infrastructure> logger)
    : SqliteRelationalConnection(dependencies, rawSqlCommandBuilder, logger)
{
    protected override void OpenDbConnection(bool errorsExpected)
    {
        base.OpenDbConnection(errorsExpected);
        SqliteSettings.Apply(DbConnection);
    }

    protected override async Task OpenDbConnectionAsync(bool errorsExpected, CancellationToken cancellationToken)
    {
        await base.OpenDbConnectionAsync(errorsExpected, cancellationToken);
        SqliteSettings.Apply(DbConnection);
    }

    protected override void CloseDbConnection()
    {
        // Until the context itself is disposed of.
    }

    protected override Task CloseDbConnectionAsync() => Task.CompletedTask;
}
