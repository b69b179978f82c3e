using Microsoft.Data.Sqlite;

using static SQLitePCL.raw;

namespace Platform.Data;

/// <summary>An open connection and the parsed statements that wait on it for their next use. Serves one unit of work at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    private const int MostStatements = 128;
    private const int WatchEvery = 10_000; // virtual machine instructions: a fraction of a millisecond

    // WAL is a property of the file and is set by the migration. A writer from outside the process is waited for; the cache is 16 MiB, since the default of 2 MiB
    // holds less than what one busy second touches; a checkpoint copies a page that changed a hundred times once, the later it comes the cheaper (16 MiB of WAL).
    // Statement journals (any insert of several rows has one) go to memory: SQLite's own way is a file for each.
    private const string Settings = "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=10000; PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=4000; PRAGMA temp_store=MEMORY;";

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _idle = new(StringComparer.Ordinal);
    private SqliteDurability _durability = SqliteDurability.Full;
    private bool _watches;

    public SqliteSession(SqliteConnection open)
    {
        _connection = open;
        Execute(Settings);
    }

    public SqliteConnection Connection => _connection;

    /// <summary>Whether the next unit of work may have it: no transaction was left open.</summary>
    public bool IsClean => sqlite3_get_autocommit(_connection.Handle) != 0;

    public void Use(SqliteDurability durability)
    {
        if (_durability == durability)
            return;
        Execute(durability == SqliteDurability.Full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
        _durability = durability;
    }

    /// <summary>Ends what runs in the session once <paramref name="cutOff"/> is cancelled; a token that cannot be cancelled ends the watch.</summary>
    public void Watch(CancellationToken cutOff)
    {
        if (cutOff.CanBeCanceled)
            sqlite3_progress_handler(_connection.Handle, WatchEvery, _ => cutOff.IsCancellationRequested ? 1 : 0, null);
        else if (_watches)
            sqlite3_progress_handler(_connection.Handle, 0, null, null);
        _watches = cutOff.CanBeCanceled;
    }

    public SqliteCommand Rent(string sql)
    {
        if (_idle.Remove(sql, out var command))
            return command;
        command = _connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    public void Return(SqliteCommand command)
    {
        command.Parameters.Clear();
        command.Transaction = null;
        if (_idle.Count >= MostStatements || !_idle.TryAdd(command.CommandText, command))
            command.Dispose();
    }

    /// <summary>A parsed statement for as long as the result lives; it is kept for the next use once it has succeeded.</summary>
    public BorrowedStatement Borrow(string sql) => new(this, Rent(sql));

    public void Dispose() => _connection.Dispose(); // and with it its statements

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    internal sealed class BorrowedStatement(SqliteSession session, SqliteCommand command) : IDisposable
    {
        private bool _succeeded;

        public SqliteCommand Command => command;

        public void Succeeded() => _succeeded = true;

        public void Dispose()
        {
            if (_succeeded)
                session.Return(command);
            else
                command.Dispose(); // what an error left behind is not worth knowing
        }
    }
}
