using System.Globalization;
using System.Text;
using SQLitePCL;

namespace Platform.Databases;

internal enum HandleMode
{
    Read,
    Write,
}

/// <summary>
/// One open database, guarded: what its SQL may do, how large values and statements are, how large it grows and how long it runs. Opened for one request and never
/// shared. Used on one thread, apart from the interrupt.
/// </summary>
internal sealed class SqliteHandle : IDisposable
{
    private const int Mebibyte = 1024 * 1024;
    private const int ProgressSteps = 100; // between two looks at the memory; a step makes one value, of at most 16 MiB
    private const int CacheKibibytes = 16 * 1024;
    private const int PageSize = 4096;

    private static readonly (int Limit, int Value)[] Limits =
    [
        (raw.SQLITE_LIMIT_ATTACHED, 1), // VACUUM needs one
        (raw.SQLITE_LIMIT_LENGTH, 16 * Mebibyte),
        (raw.SQLITE_LIMIT_SQL_LENGTH, Mebibyte),
        (raw.SQLITE_LIMIT_VARIABLE_NUMBER, 999),
        (raw.SQLITE_LIMIT_EXPR_DEPTH, 200),
        (raw.SQLITE_LIMIT_COMPOUND_SELECT, 100),
        (raw.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000),
        (raw.SQLITE_LIMIT_TRIGGER_DEPTH, 100),
        (raw.SQLITE_LIMIT_WORKER_THREADS, 0),
    ];

    private readonly sqlite3 _db;
    private readonly CancellationToken _end;
    private readonly CancellationTokenRegistration _interrupt;
    private readonly strdelegate_authorizer _authorizer;
    private readonly delegate_progress _progress;
    private readonly long _mostMemory;
    private bool _tooMuch;

    private SqliteHandle(sqlite3 db, SqliteGuard guard, long mostMemory, CancellationToken end)
    {
        (_db, Guard, _mostMemory, _end) = (db, guard, mostMemory, end);
        _authorizer = (_, action, first, second, _, _) => Guard.Decide(action, first, second);
        _progress = _ => IsOver() ? 1 : 0;
        _interrupt = end.Register(() => raw.sqlite3_interrupt(_db));
    }

    public SqliteGuard Guard { get; }

    /// <summary>Opens the file, which must exist.</summary>
    /// <param name="maxSizeMb">Mebibytes that it may have.</param>
    /// <param name="wait">How long to wait for another writer.</param>
    /// <param name="mostMemory">Bytes of SQLite in the whole process from which on what runs is stopped.</param>
    /// <param name="end">Stops whatever runs.</param>
    public static SqliteHandle Open(string path, HandleMode mode, int maxSizeMb, TimeSpan wait, long mostMemory, CancellationToken end)
    {
        var access = mode == HandleMode.Read ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE;
        var opened = raw.sqlite3_open_v2(path, out var db, access | raw.SQLITE_OPEN_FULLMUTEX | raw.SQLITE_OPEN_PRIVATECACHE, null);
        if (opened != raw.SQLITE_OK)
        {
            db?.Dispose();
            throw new SqliteFault(opened, "The database could not be opened");
        }

        var handle = new SqliteHandle(db, new SqliteGuard(reads: mode == HandleMode.Read), mostMemory, end);
        try
        {
            handle.Configure(mode, maxSizeMb, wait);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Parses the next statement; null when <paramref name="sql"/> holds none before <paramref name="rest"/>.</summary>
    public sqlite3_stmt? Prepare(ReadOnlySpan<byte> sql, out ReadOnlySpan<byte> rest)
    {
        ThrowIfOver();
        Check(raw.sqlite3_prepare_v2(_db, sql, out var statement, out rest));
        if (statement is { IsInvalid: false })
            return statement;
        statement?.Dispose();
        return null;
    }

    /// <summary>True when there is a row.</summary>
    public bool Step(sqlite3_stmt statement)
    {
        ThrowIfOver();
        var result = raw.sqlite3_step(statement);
        if (result == raw.SQLITE_ROW)
            return true;
        return result == raw.SQLITE_DONE ? false : throw Fault(result);
    }

    /// <summary>Runs a statement of the platform's own, past the guard.</summary>
    public void Execute(string sql)
    {
        Guard.IsOwn = true;
        try
        {
            ThrowIfOver();
            Check(raw.sqlite3_exec(_db, sql));
        }
        finally
        {
            Guard.IsOwn = false;
        }
    }

    /// <summary>The rows of a query of the platform's own, past the guard; parameters are texts.</summary>
    public List<T> Read<T>(string sql, Func<sqlite3_stmt, T> read, params ReadOnlySpan<string> parameters)
    {
        Guard.IsOwn = true;
        try
        {
            using var statement = Prepare(Encoding.UTF8.GetBytes(sql), out _)!;
            for (var index = 0; index < parameters.Length; index++)
                Check(raw.sqlite3_bind_text(statement, index + 1, parameters[index]));
            List<T> rows = [];
            while (Step(statement))
                rows.Add(read(statement));
            return rows;
        }
        finally
        {
            Guard.IsOwn = false;
        }
    }

    /// <summary>Copies the database as it is now into an empty file.</summary>
    public void CopyTo(string path)
    {
        Check(raw.sqlite3_open_v2(path, out var copy, raw.SQLITE_OPEN_READWRITE, null));
        using (copy)
        {
            using var backup = raw.sqlite3_backup_init(copy, "main", _db, "main");
            if (backup is null or { IsInvalid: true })
                throw new SqliteFault(raw.sqlite3_errcode(copy), "The database could not be copied");
            var result = raw.sqlite3_backup_step(backup, -1);
            if (result != raw.SQLITE_DONE)
                throw new SqliteFault(result, "The database could not be copied");
        }
    }

    /// <summary>Rows that the last INSERT, UPDATE or DELETE changed.</summary>
    public long Changes() => raw.sqlite3_changes(_db);

    public void Check(int result)
    {
        if (result != raw.SQLITE_OK)
            throw Fault(result);
    }

    /// <summary>What of the column is told of by <c>sqlite3_table_column_metadata</c> alone.</summary>
    public bool IsAutoIncrement(string table, string column) =>
        raw.sqlite3_table_column_metadata(_db, "main", table, column, out _, out _, out _, out _, out var increments) == raw.SQLITE_OK && increments != 0;

    public void Dispose()
    {
        _interrupt.Dispose(); // waits for an interrupt that is on its way
        _db.Dispose();
    }

    private void Configure(HandleMode mode, int maxSizeMb, TimeSpan wait)
    {
        raw.sqlite3_extended_result_codes(_db, 1);
        foreach (var (limit, value) in Limits)
            raw.sqlite3_limit(_db, limit, value);
        foreach (var (setting, value) in new[]
                 {
                     (raw.SQLITE_DBCONFIG_DEFENSIVE, 1), (raw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0), (raw.SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0),
                     (raw.SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0), (raw.SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0), (raw.SQLITE_DBCONFIG_ENABLE_FKEY, 1),
                 })
            Check(raw.sqlite3_db_config(_db, setting, value, out _));
        Check(raw.sqlite3_enable_load_extension(_db, 0));
        raw.sqlite3_busy_timeout(_db, (int)wait.TotalMilliseconds);
        raw.sqlite3_progress_handler(_db, ProgressSteps, _progress, null);
        Execute($"PRAGMA cache_size = -{CacheKibibytes}; PRAGMA temp_store = FILE");
        if (mode == HandleMode.Write)
        {
            var pages = DatabaseFiles.BytesOf(maxSizeMb) / PageSize;
            Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = {CacheKibibytes * 1024}; PRAGMA max_page_count = {pages}; PRAGMA temp.max_page_count = {pages}"));
        }

        Check(raw.sqlite3_set_authorizer(_db, _authorizer, null));
    }

    private void ThrowIfOver()
    {
        if (_end.IsCancellationRequested)
            throw new SqliteFault(raw.SQLITE_INTERRUPT, "interrupted");
    }

    // Called by SQLite; must not throw.
    private bool IsOver()
    {
        _tooMuch |= raw.sqlite3_memory_used() > _mostMemory;
        return _tooMuch || _end.IsCancellationRequested;
    }

    private SqliteFault Fault(int result) => _tooMuch
        ? new SqliteFault(raw.SQLITE_NOMEM, "The query needs too much memory")
        : new SqliteFault(result, raw.sqlite3_errmsg(_db).utf8_to_string());
}
