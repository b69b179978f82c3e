using Microsoft.Extensions.Options;
using SQLitePCL;

namespace Platform.Databases;

/// <summary>Works on databases of the engine <c>sqlite</c>, each time on a thread of its own: SQLite blocks.</summary>
public sealed class SqliteQueries
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestCare = TimeSpan.FromHours(1);

    private readonly DatabaseFiles _files;
    private readonly QueryTurns _turns;
    private readonly TimeProvider _clock;
    private readonly long _mostMemory;
    private readonly Lazy<bool> _temporary;

    public SqliteQueries(DatabaseFiles files, QueryTurns turns, IOptions<DatabaseOptions> options, TimeProvider clock)
    {
        (_files, _turns, _clock) = (files, turns, clock);
        _mostMemory = DatabaseFiles.BytesOf(options.Value.MaxMemoryMb);
        Batteries_V2.Init();
        _temporary = new Lazy<bool>(SpillInPrivate);
    }

    public static string EngineVersion => raw.sqlite3_libversion().utf8_to_string();

    /// <summary>Makes the database's own structures in an empty file, and what its maker's SQL says; a refusal is for its maker.</summary>
    internal async Task<Result<DatabaseSize>> InitializeAsync(ManagedDatabase database, string path, CancellationToken ct) => await UseAsync(
        path,
        database.MaxSizeMb,
        HandleMode.Write,
        database.MakingTimeout,
        handle =>
        {
            if (!string.IsNullOrWhiteSpace(database.InitSql))
                new SqliteScript(handle, new SqlScript(database.InitSql)).Run();
            return new SqliteCatalog(handle).Measure();
        },
        ct);

    internal Task<Result<SqlOutcome>> RunAsync(ManagedDatabase database, SqlScript script, TimeSpan limit, CancellationToken ct) =>
        InTurnAsync(database, script.Reads ? HandleMode.Read : HandleMode.Write, limit, handle => new SqliteScript(handle, script).Run(), ct);

    internal Task<Result<T>> ReadAsync<T>(ManagedDatabase database, Func<SqliteCatalog, T> read, CancellationToken ct) =>
        InTurnAsync(database, HandleMode.Read, database.StatementTimeout, handle => read(new SqliteCatalog(handle)), ct);

    /// <summary>Copies the database as it is at one moment into an empty file, whatever its status.</summary>
    internal Task<Result<Nothing>> CopyAsync(ManagedDatabase database, string path, CancellationToken ct) => UseAsync(
        _files.PathOf(database),
        database.MaxSizeMb,
        HandleMode.Read,
        LongestCare,
        handle =>
        {
            handle.CopyTo(path);
            return default(Nothing);
        },
        ct);

    /// <summary>The size of a database in a file by itself, if it is whole.</summary>
    internal Task<Result<DatabaseSize>> CheckAsync(string path, CancellationToken ct) => UseAsync(
        path,
        maxSizeMb: 1,
        HandleMode.Read,
        LongestCare,
        handle => handle.Read("PRAGMA integrity_check(1)", row => raw.sqlite3_column_text(row, 0).utf8_to_string()) is ["ok"]
            ? new SqliteCatalog(handle).Measure()
            : throw new SqliteFault(raw.SQLITE_CORRUPT, "The copy of the database is damaged"),
        ct);

    private async Task<Result<T>> InTurnAsync<T>(ManagedDatabase database, HandleMode mode, TimeSpan limit, Func<SqliteHandle, T> use, CancellationToken ct)
    {
        if (database.Status != DatabaseStatus.Available)
            return DatabaseErrors.NotAvailable(database.Status);
        if (_turns.TryEnter(database.Id, ct) is not { } turn)
            return DatabaseErrors.TooManyQueries;
        try
        {
            return await RunAsync().WaitAsync(limit + Grace, _clock, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            return SqliteFault.TimedOut;
        }

        // Nothing stops a single function that takes long: its caller is told, its turn ends with it, and nothing of it is committed.
        async Task<Result<T>> RunAsync()
        {
            using (turn)
                return await UseAsync(_files.PathOf(database), database.MaxSizeMb, mode, limit, use, turn.Ended);
        }
    }

    private async Task<Result<T>> UseAsync<T>(string path, int maxSizeMb, HandleMode mode, TimeSpan limit, Func<SqliteHandle, T> use, CancellationToken ct)
    {
        _ = _temporary.Value;
        using var time = new CancellationTokenSource(limit, _clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct, time.Token);
        var ends = end.Token;
        return await Task.Factory.StartNew(() => Use(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        Result<T> Use()
        {
            SqliteHandle? handle = null;
            try
            {
                handle = SqliteHandle.Open(path, mode, maxSizeMb, limit, _mostMemory, ends);
                return use(handle);
            }
            catch (SqliteFault fault)
            {
                return fault.ToError(time.IsCancellationRequested, handle?.Guard.Refused);
            }
            finally
            {
                handle?.Dispose();
            }
        }
    }

    // SQLite knows one folder for the whole process, and falls back to the system's when it is gone.
    private bool SpillInPrivate()
    {
        _files.CreateTemporaryFolder();
        raw.sqlite3_open(":memory:", out var db);
        using (db)
            return raw.sqlite3_exec(db, $"PRAGMA temp_store_directory = '{_files.TemporaryFolder.Replace("'", "''", StringComparison.Ordinal)}'") == raw.SQLITE_OK;
    }
}
