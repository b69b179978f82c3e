using System.Security.Cryptography;
using System.Text;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Databases;

/// <summary>Runs users' SQL on a database, and shows what it consists of. Neither SQL nor rows are told to the audit log.</summary>
public sealed class QueryDatabase(PlatformDbContext db, DatabaseEngines engines, DatabaseQueries databases, DatabaseSeries series, AuditTrail audit, TimeProvider clock)
{
    public async Task<Result<SqlAnswer>> RunAsync(ManagedDatabase database, SqlRequest request, CancellationToken ct)
    {
        var mayWrite = db.Caller.CanIn(database.ProjectId, Permissions.DatabasesExecute);
        var reads = request.ReadOnly ?? !(mayWrite && !database.ReadOnly);
        var sql = request.Sql ?? request.Query!;
        Note(sql, reads);
        if (!reads && !mayWrite)
            return PermissionErrors.Missing(db.Caller, Permissions.DatabasesExecute);
        if (request.TimeoutMs > database.StatementTimeoutMs)
            return DatabaseErrors.TimeoutTooLong(database.StatementTimeoutMs);
        if (!reads && database.ReadOnly)
            return DatabaseErrors.ReadOnly;
        if (database.Status != DatabaseStatus.Available)
            return DatabaseErrors.NotAvailable(database.Status);
        if (!reads && await databases.CheckProjectAsync(database.ProjectId, ct) is { } archived)
            return archived;

        var script = new SqlScript(sql)
        {
            Parameters = request.Params,
            Reads = reads,
            InTransaction = request.Transaction,
            MaxRows = request.MaxRows,
            AsObjects = request.RowFormat == RowFormat.Objects,
        };
        var began = clock.GetTimestamp();
        var outcome = await engines.Of(database).RunAsync(database, script, TimeSpan.FromMilliseconds(request.TimeoutMs ?? database.StatementTimeoutMs), ct);
        var took = clock.GetElapsedTime(began);
        series.Queried(database, took, failed: !outcome.IsOk);
        if (!outcome.IsOk)
            return outcome.Error;
        if (outcome.Value.Size is { } size && (size.SizeBytes != database.SizeBytes || size.TableCount != database.TableCount))
            await db.StoreSizeAsync(database, size, CancellationToken.None); // the change is there, whether the caller still listens or not
        return Answer(outcome.Value, reads, took);
    }

    public Task<Result<Page<TableSummary>>> ListTablesAsync(ManagedDatabase database, TableFilter filter, CancellationToken ct) =>
        engines.Of(database).ListTablesAsync(database, filter, ct);

    public async Task<Result<TableDetail>> FindTableAsync(ManagedDatabase database, string name, TableDetailQuery query, CancellationToken ct)
    {
        var found = await engines.Of(database).FindTableAsync(database, name, query, ct);
        return found.IsOk ? found.Value is { } table ? table : DatabaseErrors.TableNotFound : found.Error;
    }

    private void Note(string sql, bool reads)
    {
        audit.Note("command", SqlWords.First(sql));
        audit.Note("sql_sha256", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
        audit.Note("read_only", reads);
    }

    private SqlAnswer Answer(SqlOutcome outcome, bool reads, TimeSpan took)
    {
        var results = outcome.Results;
        var last = results[^1];
        audit.Note("rows", results.Sum(result => result.RowCount));
        return new SqlAnswer(
            last.Columns, last.Rows, last.RowCount, last.AffectedRows, last.Truncated, last.Command, reads, (long)took.TotalMilliseconds, outcome.Notices, results.Count > 1 ? results : []);
    }
}
