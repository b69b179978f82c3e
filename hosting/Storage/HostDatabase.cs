using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace EmbeddedFunctions.Storage;

/// <summary>
/// Messages, timers and keys, on SQLite (a file of their own, so that they and the durable engine do not wait for each other; one connection, one writer at a time, durable at commit) or PostgreSQL (schema <c>host</c>). The tables are made before the first use.
/// </summary>
internal sealed class HostDatabase(HostStorageOptions options) : IAsyncDisposable
{
    private const string FileName = "broker.db";

    // Per node and data source: several nodes and the durable engine share the server's connections.
    private const int MaxConnections = 12;

    // The tables swell and empty faster than the server counts them, so that its estimates are often wrong; every statement here has an index, and a few rows to fetch by it.
    private const string PlanByIndex = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c max_parallel_workers_per_gather=0 -c jit=off";

    private readonly SemaphoreSlim _sqliteGate = new(1, 1);
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly Dictionary<string, SqliteCommand> _sqliteCommands = [];
    private SqliteConnection? _sqlite;
    private NpgsqlDataSource? _postgres;
    private NpgsqlDataSource? _postgresRelaxed;
    private bool _sqliteRelaxed;
    private volatile bool _ready;

    public bool IsPostgres => options.IsPostgres;

    /// <summary>Runs one statement that needs no transaction around it.</summary>
    public async Task<T> RunAsync<T>(Func<HostSession, Task<T>> work, CancellationToken ct)
    {
        await EnsureReadyAsync(ct);
        return IsPostgres ? await UsePostgresAsync(_postgres!, work, transactional: false, ct) : await UseSqliteAsync(work, transactional: false, relaxed: false, ct);
    }

    /// <summary>Runs one statement that does not wait for the disk: a crash of the machine (not of the process) may undo it. For changes whose loss only repeats work.</summary>
    public async Task<T> RunRelaxedAsync<T>(Func<HostSession, Task<T>> work, CancellationToken ct)
    {
        await EnsureReadyAsync(ct);
        return IsPostgres ? await UsePostgresAsync(_postgresRelaxed!, work, transactional: false, ct) : await UseSqliteAsync(work, transactional: false, relaxed: true, ct);
    }

    /// <summary>Runs all or nothing.</summary>
    public async Task<T> WriteAsync<T>(Func<HostSession, Task<T>> work, CancellationToken ct)
    {
        await EnsureReadyAsync(ct);
        return IsPostgres ? await UsePostgresAsync(_postgres!, work, transactional: true, ct) : await UseSqliteAsync(work, transactional: true, relaxed: false, ct);
    }

    /// <summary>A connection of one's own, for LISTEN.</summary>
    public async Task<NpgsqlConnection> OpenPostgresAsync(CancellationToken ct)
    {
        await EnsureReadyAsync(ct);
        return await _postgres!.OpenConnectionAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var command in _sqliteCommands.Values)
            await command.DisposeAsync();
        if (_sqlite is not null)
            await _sqlite.DisposeAsync();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
        if (_postgresRelaxed is not null)
            await _postgresRelaxed.DisposeAsync();
        _sqliteGate.Dispose();
        _opening.Dispose();
    }

    private async Task<T> UseSqliteAsync<T>(Func<HostSession, Task<T>> work, bool transactional, bool relaxed, CancellationToken ct)
    {
        await _sqliteGate.WaitAsync(ct);
        try
        {
            if (relaxed != _sqliteRelaxed)
                await ExecuteAsync(_sqlite!, relaxed ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL", ct);
            _sqliteRelaxed = relaxed;
            await using var transaction = transactional ? _sqlite!.BeginTransaction(deferred: false) : null;
            var result = await work(new HostSession(_sqlite!, transaction, _sqliteCommands));
            transaction?.Commit();
            return result;
        }
        finally
        {
            _sqliteGate.Release();
        }
    }

    private static async Task<T> UsePostgresAsync<T>(NpgsqlDataSource source, Func<HostSession, Task<T>> work, bool transactional, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = transactional ? await connection.BeginTransactionAsync(ct) : null;
        try
        {
            var result = await work(new HostSession(connection, transaction, sqliteCommands: null));
            if (transaction is not null)
                await transaction.CommitAsync(CancellationToken.None);
            return result;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction)
        {
            source.Clear(); // a session stays read-only when the database is no more
            throw;
        }
    }

    private ValueTask EnsureReadyAsync(CancellationToken ct) => _ready ? ValueTask.CompletedTask : new ValueTask(OpenAsync(ct));

    private async Task OpenAsync(CancellationToken ct)
    {
        await _opening.WaitAsync(ct);
        try
        {
            if (_ready)
                return;
            if (IsPostgres)
                await OpenPostgresDataSourceAsync(ct);
            else
                await OpenSqliteFileAsync(ct);
            _ready = true;
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task OpenSqliteFileAsync(CancellationToken ct)
    {
        var settings = new SqliteConnectionStringBuilder(options.SqliteConnectionString(FileName)) { Pooling = false };
        var connection = new SqliteConnection(settings.ToString());
        try
        {
            await connection.OpenAsync(ct);
            await ExecuteAsync(connection, "PRAGMA busy_timeout = 5000", ct);
            await ExecuteAsync(connection, "PRAGMA journal_mode = WAL", ct);
            await ExecuteAsync(connection, "PRAGMA synchronous = FULL", ct);
            await ExecuteAsync(connection, "PRAGMA temp_store = MEMORY", ct);
            await using var transaction = connection.BeginTransaction(deferred: false);
            foreach (var (table, column) in HostSchema.AddedColumns)
                await AddColumnAsync(connection, table, column, ct);
            foreach (var statement in HostSchema.Tables(postgres: false))
                await ExecuteAsync(connection, statement, ct);
            await transaction.CommitAsync(ct);
            _sqlite = connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task OpenPostgresDataSourceAsync(CancellationToken ct)
    {
        _postgres ??= CreateDataSource(relaxed: false);
        _postgresRelaxed ??= CreateDataSource(relaxed: true);
        await using var connection = await _postgres.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await ExecuteAsync(connection, HostSchema.PostgresLock, ct);
        await ExecuteAsync(connection, HostSchema.PostgresSchema, ct);
        if (await IsCurrentAsync(connection, ct))
            return;
        foreach (var (table, column) in HostSchema.AddedColumns)
            await ExecuteAsync(connection, $"ALTER TABLE IF EXISTS host.{table} ADD COLUMN IF NOT EXISTS {column} TEXT", ct);
        foreach (var statement in HostSchema.Tables(postgres: true))
            await ExecuteAsync(connection, statement, ct);
        await ExecuteAsync(connection, $"COMMENT ON SCHEMA host IS '{HostSchema.PostgresMark}'", ct);
        await transaction.CommitAsync(ct);
    }

    private static async Task AddColumnAsync(SqliteConnection connection, string table, string column, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT COUNT(*) > 0 AND SUM(name = '{column}') = 0 FROM pragma_table_info('{table}')";
        if (await command.ExecuteScalarAsync(ct) is 1L)
            await ExecuteAsync(connection, $"ALTER TABLE {table} ADD COLUMN {column} TEXT", ct);
    }

    private static async Task<bool> IsCurrentAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("SELECT obj_description('host'::regnamespace)", connection);
        return await command.ExecuteScalarAsync(ct) is string mark && mark == HostSchema.PostgresMark;
    }

    private NpgsqlDataSource CreateDataSource(bool relaxed)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            SearchPath = "host",
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
            ApplicationName = "functions-host",
            MaxPoolSize = MaxConnections,
        };
        settings.Options = $"{settings.Options} {PlanByIndex}{(relaxed ? " -c synchronous_commit=off" : "")}".TrimStart();
        return NpgsqlDataSource.Create(settings);
    }

    private static async Task ExecuteAsync(DbConnection connection, string sql, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(ct);
    }
}
