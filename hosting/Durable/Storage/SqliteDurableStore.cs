using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace EmbeddedFunctions.Durable.Storage;

/// <summary>
/// One SQLite file, which belongs to one process: WAL with an fsync per commit, one writing connection. Nobody else can own a partition, so leases live in memory and fences
/// are not checked; the lock file beside the database keeps other processes out.
/// </summary>
internal sealed class SqliteDurableStore(string connectionString) : SqlDurableStore("")
{
    private const string MemoryVfs = "?vfs=memdb";
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Dictionary<int, PartitionLease> _owned = [];
    private FileStream? _ownership;
    private SqliteCommits? _commits;
    private int _count;

    /// <summary>The connection of all writes; null while the store is closed.</summary>
    internal SqliteConnection? Writer { get; private set; }

    /// <summary>The data source of a database in this process's memory, which lasts as long as a store has it open.</summary>
    public static string InMemory(string name) => $"file:/{name}{MemoryVfs}";

    public override bool IsShared => false;

    public override async Task<int> OpenAsync(int partitions, CancellationToken ct)
    {
        var source = new SqliteConnectionStringBuilder(connectionString).DataSource;
        if (!source.EndsWith(MemoryVfs, StringComparison.Ordinal))
            _ownership ??= Own(source);
        Writer = (SqliteConnection)await OpenConnectionAsync(ct);
        Execute(Writer, "PRAGMA journal_mode = WAL");
        Execute(Writer, SqliteSchema.Sql);
        _count = SeedPartitions(Writer, partitions);
        _commits = new SqliteCommits(Writer);
        return _count;
    }

    public override Task<NodeView> HeartbeatAsync(string node, TimeSpan lease, CancellationToken ct) =>
        Task.FromResult(new NodeView(1, [.. _owned.Values], [.. Enumerable.Range(0, _count).Where(id => !_owned.ContainsKey(id))]));

    public override Task<List<PartitionLease>> ClaimAsync(string node, IReadOnlyList<int> partitions, CancellationToken ct)
    {
        var claimed = partitions.Select(id => new PartitionLease(id, 1)).ToList();
        claimed.ForEach(lease => _owned[lease.Id] = lease);
        return Task.FromResult(claimed);
    }

    public override Task ReleaseAsync(string node, IReadOnlyList<PartitionLease> leases, bool leave, CancellationToken ct)
    {
        foreach (var lease in leases)
            _owned.Remove(lease.Id);
        return Task.CompletedTask;
    }

    // A local commit never ends after its call has failed.
    public override Task<List<PartitionLease>> RefenceAsync(string node, IReadOnlyList<PartitionLease> leases, CancellationToken ct) => Task.FromResult(new List<PartitionLease>());

    public override async Task<List<PartitionLease>> CommitAsync(IReadOnlyList<Checkpoint> checkpoints, Announcement announcement, CancellationToken ct)
    {
        await _writing.WaitAsync(ct);
        try
        {
            ObjectDisposedException.ThrowIf(_commits is null, this);
            _commits.Write(checkpoints);
            return [];
        }
        finally
        {
            _writing.Release();
        }
    }

    public override Task<int> PurgeAsync(IReadOnlyList<string> instanceIds, CancellationToken ct) =>
        WriteAsync((connection, transaction) => PurgeAsync(connection, transaction, instanceIds, ct), ct);

    public override Task ProbeAsync(CancellationToken ct) => WriteAsync(
        async (connection, transaction) =>
        {
            await ProbeAsync(connection, transaction, ct);
            return 0;
        },
        ct);

    public override async Task DeliverDueSignalsAsync(IReadOnlyList<int> partitions, DateTime dueBy, CancellationToken ct)
    {
        if (!await HasDueSignalsAsync(dueBy, ct))
            return;

        await _writing.WaitAsync(ct);
        try
        {
            ObjectDisposedException.ThrowIf(Writer is null, this);
            Execute(Writer, $"""
                BEGIN IMMEDIATE;
                INSERT INTO durable_inbox (partition_id, message_id, instance_id, event)
                    SELECT partition_id, message_id, instance_id, event FROM durable_signals WHERE due_at <= {dueBy.Ticks};
                DELETE FROM durable_signals WHERE due_at <= {dueBy.Ticks};
                COMMIT
                """);
        }
        finally
        {
            _writing.Release();
        }
    }

    public override Task ListenAsync(Action<Announcement?> announced, CancellationToken ct) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);

    public override async ValueTask DisposeAsync()
    {
        await _writing.WaitAsync();
        _commits?.Dispose();
        _commits = null;
        if (Writer is not null)
            await Writer.DisposeAsync();
        Writer = null;
        SqliteConnection.ClearPool(new SqliteConnection(connectionString));
        if (_ownership is not null)
            await _ownership.DisposeAsync();
        _writing.Release();
    }

    protected override async ValueTask<DbConnection> OpenConnectionAsync(CancellationToken ct)
    {
        var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync(ct);
        // The native busy handler waits in steps of milliseconds, the provider's own in steps of 150 ms.
        Execute(connection, "PRAGMA busy_timeout = 10000; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY");
        return connection;
    }

    /// <summary>The operating system drops the lock with the process, however it ends.</summary>
    private static FileStream Own(string database)
    {
        var path = database + ".lock";
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new InvalidOperationException(
                $"Another process runs on {database} (it holds {path}). A SQLite store belongs to one process; stop the other one or use PostgreSQL.", e);
        }
    }

    private async Task<int> WriteAsync(Func<SqliteConnection, SqliteTransaction, Task<int>> write, CancellationToken ct)
    {
        await _writing.WaitAsync(ct);
        try
        {
            ObjectDisposedException.ThrowIf(Writer is null, this);
            await using var transaction = Writer.BeginTransaction(deferred: false);
            var written = await write(Writer, transaction);
            await transaction.CommitAsync(CancellationToken.None);
            return written;
        }
        finally
        {
            _writing.Release();
        }
    }

    private static int SeedPartitions(SqliteConnection connection, int partitions)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            WITH RECURSIVE ids (id) AS (SELECT 0 UNION ALL SELECT id + 1 FROM ids WHERE id + 1 < @count)
            INSERT INTO durable_partitions (partition_id, epoch) SELECT id, 1 FROM ids WHERE NOT EXISTS (SELECT 1 FROM durable_partitions);
            SELECT count(*) FROM durable_partitions;
            """;
        command.Parameters.AddWithValue("@count", partitions);
        return Convert.ToInt32(command.ExecuteScalar());
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
