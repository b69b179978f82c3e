using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace EmbeddedFunctions.Durable.Storage;

/// <summary>
/// One SQLite file, which belongs to one process: WAL with an fsync per commit, one writing connection. Nobody else can own a partition, so leases live in memory and fences
/// are not checked; the lock file beside the database keeps other processes out.
/// </summary>
internal sealed class SqliteDurableStore : IDurableStore
{
    private readonly string connectionString;
    private readonly SemaphoreSlim writing = new(1, 1);
    private readonly DurableReads reads;
    private readonly Dictionary<int, PartitionLease> owned = [];
    private FileStream? ownership;
    private SqliteConnection? writer;
    private SqliteCommits? commits;
    private int count;

    public SqliteDurableStore(string connectionString)
    {
        this.connectionString = connectionString;
        reads = new DurableReads(OpenConnectionAsync, "");
    }

    public async Task<int> OpenAsync(int partitions, CancellationToken ct)
    {
        ownership ??= Own(new SqliteConnectionStringBuilder(connectionString).DataSource);
        writer = (SqliteConnection)await OpenConnectionAsync(ct);
        Execute(writer, "PRAGMA journal_mode = WAL");
        Execute(writer, SqliteSchema.Sql);
        count = SeedPartitions(writer, partitions);
        commits = new SqliteCommits(writer);
        return count;
    }

    public Task<NodeView> HeartbeatAsync(string node, TimeSpan lease, CancellationToken ct) =>
        Task.FromResult(new NodeView(1, [.. owned.Values], [.. Enumerable.Range(0, count).Where(id => !owned.ContainsKey(id))]));

    public Task<List<PartitionLease>> ClaimAsync(string node, IReadOnlyList<int> partitions, CancellationToken ct)
    {
        var claimed = partitions.Select(id => new PartitionLease(id, 1)).ToList();
        claimed.ForEach(lease => owned[lease.Id] = lease);
        return Task.FromResult(claimed);
    }

    public Task ReleaseAsync(string node, IReadOnlyList<PartitionLease> leases, bool leave, CancellationToken ct)
    {
        foreach (var lease in leases)
            owned.Remove(lease.Id);
        return Task.CompletedTask;
    }

    // A local commit never ends after its call has failed.
    public Task<List<PartitionLease>> RefenceAsync(string node, IReadOnlyList<PartitionLease> leases, CancellationToken ct) => Task.FromResult(new List<PartitionLease>());

    public async Task<List<PartitionLease>> CommitAsync(IReadOnlyList<Checkpoint> checkpoints, Announcement announcement, CancellationToken ct)
    {
        await writing.WaitAsync(ct);
        try
        {
            ObjectDisposedException.ThrowIf(commits is null, this);
            commits.Write(checkpoints);
            return [];
        }
        finally
        {
            writing.Release();
        }
    }

    public Task<LoadedInstance?> LoadAsync(string instanceId, CancellationToken ct) => reads.LoadAsync(instanceId, ct);

    public Task<List<string>> ReadInboxIdsAsync(int partition, string instanceId, CancellationToken ct) => reads.ReadInboxIdsAsync(partition, instanceId, ct);

    public Task<PendingWork> ReadPendingAsync(IReadOnlyList<int> partitions, DateTime? startsDueBy, CancellationToken ct) => reads.ReadPendingAsync(partitions, startsDueBy, ct);

    public Task<StoredInstance?> GetAsync(string instanceId, CancellationToken ct) => reads.GetAsync(instanceId, ct);

    public Task<List<StoredInstance>> QueryAsync(InstanceQuery query, CancellationToken ct) => reads.QueryAsync(query, ct);

    public Task<List<(string InstanceId, long CompletedAt)>> ListFinishedAsync(FinishedQuery query, CancellationToken ct) => reads.ListFinishedAsync(query, ct);

    public Task<List<string>> ListChildrenAsync(IReadOnlyList<string> instanceIds, CancellationToken ct) => reads.ListChildrenAsync(instanceIds, ct);

    public async Task<int> PurgeAsync(IReadOnlyList<string> instanceIds, CancellationToken ct)
    {
        await writing.WaitAsync(ct);
        try
        {
            ObjectDisposedException.ThrowIf(writer is null, this);
            await using var transaction = writer.BeginTransaction(deferred: false);
            var purged = await reads.PurgeAsync(writer, transaction, instanceIds, ct);
            await transaction.CommitAsync(CancellationToken.None);
            return purged;
        }
        finally
        {
            writing.Release();
        }
    }

    public Task ListenAsync(Action<Announcement?> announced, CancellationToken ct) => Task.Delay(Timeout.InfiniteTimeSpan, ct);

    public async ValueTask DisposeAsync()
    {
        await writing.WaitAsync();
        commits?.Dispose();
        commits = null;
        if (writer is not null)
            await writer.DisposeAsync();
        writer = null;
        SqliteConnection.ClearPool(new SqliteConnection(connectionString));
        if (ownership is not null)
            await ownership.DisposeAsync();
        writing.Release();
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

    private async ValueTask<DbConnection> OpenConnectionAsync(CancellationToken ct)
    {
        var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync(ct);
        // The native busy handler waits in steps of milliseconds, the provider's own in steps of 150 ms.
        Execute(connection, "PRAGMA busy_timeout = 10000; PRAGMA synchronous = FULL");
        return connection;
    }
}
