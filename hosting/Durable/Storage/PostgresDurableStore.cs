using System.Data.Common;
using Npgsql;

namespace EmbeddedFunctions.Durable.Storage;

/// <summary>
/// A PostgreSQL database that any number of nodes share. A commit holds its partitions' epochs and compares them, a takeover raises them (<see cref="PostgresFence"/>); so a late
/// commit of an owner of yesterday either ends before the takeover or is refused. All lease time is the database's.
/// </summary>
internal sealed class PostgresDurableStore(string connectionString) : SqlDurableStore("host.")
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(Tuned(connectionString));
    private NpgsqlConnection? _writer;

    public override bool IsShared => true;

    public override async Task<int> OpenAsync(int partitions, CancellationToken ct)
    {
        await using var connection = await _source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var schema = new NpgsqlCommand(PostgresSchema.Sql, connection, transaction))
            await schema.ExecuteNonQueryAsync(ct);
        await using (var seed = new NpgsqlCommand(PostgresSchema.SeedPartitions, connection, transaction) { Parameters = { new() { Value = partitions } } })
            await seed.ExecuteNonQueryAsync(ct);
        await using var count = new NpgsqlCommand("SELECT count(*)::integer FROM host.durable_partitions", connection, transaction);
        var seeded = (int)(await count.ExecuteScalarAsync(ct))!;
        await transaction.CommitAsync(ct);
        return seeded;
    }

    public override async Task<NodeView> HeartbeatAsync(string node, TimeSpan lease, CancellationToken ct)
    {
        await using var connection = await _source.OpenConnectionAsync(ct);
        try
        {
            return await RenewAsync(connection, node, lease, ct);
        }
        catch (PostgresException e) when (IsReadOnly(e))
        {
            _source.Clear();
            throw;
        }
    }

    public override async Task<List<PartitionLease>> ClaimAsync(string node, IReadOnlyList<int> partitions, CancellationToken ct)
    {
        await using var connection = await _source.OpenConnectionAsync(ct);
        await using var claim = PostgresFence.Claim(connection, node, partitions);
        var claiming = ReadLeasesAsync(claim, ct);
        while (await Task.WhenAny(claiming, Task.Delay(LockPatience, TimeProvider.System, CancellationToken.None)) != claiming)
            await EndBlockersAsync(connection.ProcessID, ct);
        return await claiming;
    }

    public override async Task ReleaseAsync(string node, IReadOnlyList<PartitionLease> leases, bool leave, CancellationToken ct)
    {
        await using var connection = await _source.OpenConnectionAsync(ct);
        await using (var raise = PostgresFence.Raise(connection, node, leases, release: true))
            await raise.ExecuteNonQueryAsync(ct);
        if (leave)
            await ExecuteAsync(connection, "DELETE FROM host.durable_nodes WHERE node_id = $1", ct, node);
    }

    public override async Task<List<PartitionLease>> RefenceAsync(string node, IReadOnlyList<PartitionLease> leases, CancellationToken ct)
    {
        if (leases.Count == 0)
            return [];

        await using var connection = await _source.OpenConnectionAsync(ct);
        await using var raise = PostgresFence.Raise(connection, node, leases, release: false);
        var epochs = (await ReadLeasesAsync(raise, ct)).ToDictionary(lease => lease.Id, lease => lease.Epoch);
        foreach (var lease in leases.Where(l => epochs.ContainsKey(l.Id)))
            lease.Epoch = epochs[lease.Id];
        return [.. leases.Where(l => !epochs.ContainsKey(l.Id))];
    }

    public override async Task<List<PartitionLease>> CommitAsync(IReadOnlyList<Checkpoint> checkpoints, Announcement announcement, CancellationToken ct)
    {
        try
        {
            _writer ??= await _source.OpenConnectionAsync(ct);
            await using var batch = _writer.CreateBatch();
            await new PostgresBatch(batch, checkpoints).ExecuteAsync(announcement, ct);
            return [];
        }
        catch (PostgresException e) when (e.SqlState == PostgresSchema.FenceLost)
        {
            var lost = e.Detail!.Split(',').Select(int.Parse).ToHashSet();
            return [.. checkpoints.Where(c => c.Fence is not null && lost.Contains(c.Fence.Id)).Select(c => c.Fence!).Distinct()];
        }
        catch (Exception e) when (e is not PostgresException { IsTransient: false } refusal || IsReadOnly(refusal))
        {
            if (e is PostgresException)
                _source.Clear();
            if (_writer is not null)
                await _writer.DisposeAsync();
            _writer = null;
            throw;
        }
    }

    public override async Task ProbeAsync(CancellationToken ct)
    {
        await using var connection = await _source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await ProbeAsync(connection, transaction, ct);
        await transaction.CommitAsync(ct);
    }

    public override async Task<int> PurgeAsync(IReadOnlyList<string> instanceIds, CancellationToken ct)
    {
        await using var connection = await _source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var purged = await PurgeAsync(connection, transaction, instanceIds, ct);
        await transaction.CommitAsync(ct);
        return purged;
    }

    public override async Task DeliverDueSignalsAsync(IReadOnlyList<int> partitions, DateTime dueBy, CancellationToken ct)
    {
        await using var connection = await _source.OpenConnectionAsync(ct);
        await ExecuteAsync(
            connection,
            """
            WITH due AS (DELETE FROM host.durable_signals WHERE partition_id = ANY ($1) AND due_at <= $2 RETURNING partition_id, message_id, instance_id, event)
            INSERT INTO host.durable_inbox (partition_id, message_id, instance_id, event) SELECT partition_id, message_id, instance_id, event FROM due
            """,
            ct,
            partitions.ToArray(),
            dueBy.Ticks);
    }

    public override async Task ListenAsync(Action<Announcement?> announced, CancellationToken ct)
    {
        await using var connection = await _source.OpenConnectionAsync(ct);
        connection.Notification += (_, e) => announced(PostgresAnnouncement.Read(e.Payload));
        await ExecuteAsync(connection, $"LISTEN {PostgresBatch.Channel}", ct);
        announced(null);
        while (true)
            await connection.WaitAsync(ct);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_writer is not null)
            await _writer.DisposeAsync();
        _writer = null;
        await _source.DisposeAsync();
    }

    protected override async ValueTask<DbConnection> OpenConnectionAsync(CancellationToken ct) => await _source.OpenConnectionAsync(ct);

    // A session keeps what it began with: it stays read-only when the database is no more.
    private static bool IsReadOnly(PostgresException e) => e.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction;

    /// <summary>One round trip. Each statement sees what was committed before it begins.</summary>
    private static async Task<NodeView> RenewAsync(NpgsqlConnection connection, string node, TimeSpan lease, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(
                    """
                    INSERT INTO host.durable_nodes (node_id, expires_at) VALUES ($1, clock_timestamp() + $2)
                    ON CONFLICT (node_id) DO UPDATE SET expires_at = excluded.expires_at
                    """) { Parameters = { new() { Value = node }, new() { Value = lease } } },
                new("DELETE FROM host.durable_nodes WHERE expires_at < clock_timestamp() - interval '1 hour'"),
                new("SELECT node_id FROM host.durable_nodes WHERE expires_at > clock_timestamp()"),
                new("SELECT partition_id, epoch, owner FROM host.durable_partitions ORDER BY partition_id"),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(ct);
        var nodes = (await ReadAsync(reader, r => r.GetString(0), ct)).ToHashSet(StringComparer.Ordinal);
        await reader.NextResultAsync(ct);
        var all = await ReadAsync(reader, r => (Lease: new PartitionLease(r.GetInt32(0), r.GetInt64(1)), Owner: r.IsDBNull(2) ? null : r.GetString(2)), ct);
        return new NodeView(
            nodes.Count, [.. all.Where(p => p.Owner == node).Select(p => p.Lease)], [.. all.Where(p => p.Owner is null || !nodes.Contains(p.Owner)).Select(p => p.Lease.Id)]);
    }

    /// <summary>
    /// Ends the sessions whose locks a claim has waited for: of a dead owner's commit that is only half sent, because its process is paused, the server would wait for the rest
    /// without end. Those who wait for a lock themselves are not to blame.
    /// </summary>
    private async Task EndBlockersAsync(int claimer, CancellationToken ct)
    {
        await using var connection = await _source.OpenConnectionAsync(ct);
        await ExecuteAsync(
            connection, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ANY (pg_blocking_pids($1)) AND wait_event_type IS DISTINCT FROM 'Lock'", ct, claimer);
    }

    /// <summary>
    /// Prepared statements, whose plans are made once: all go by keys, also while the tables are still empty and a scan looks cheaper, or so full that the server would start parallel
    /// workers for a look at the few instances that are due. The fence needs each statement to see what was committed before it. And a cut-off node frees its locks within seconds; otherwise it would block the takeover of its partitions.
    /// </summary>
    private static string Tuned(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
            ApplicationName = "durable",
        };
        builder.Options = string.Join(' ', new[]
        {
            builder.Options,
            "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_bitmapscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off",
            @"-c max_parallel_workers_per_gather=0 -c default_transaction_isolation=read\ committed",
            "-c idle_in_transaction_session_timeout=4000 -c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2 -c tcp_user_timeout=4000",
        }.Where(o => !string.IsNullOrEmpty(o)));
        return builder.ConnectionString;
    }

    private static async Task<List<PartitionLease>> ReadLeasesAsync(NpgsqlBatch changed, CancellationToken ct)
    {
        await using var reader = await changed.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct); // behind the locks
        return await ReadAsync(reader, r => new PartitionLease(r.GetInt32(0), r.GetInt64(1)), ct);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<List<T>> ReadAsync<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken ct)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(ct))
            rows.Add(read(reader));
        return rows;
    }
}
