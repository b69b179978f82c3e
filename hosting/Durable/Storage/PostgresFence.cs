using Npgsql;

namespace EmbeddedFunctions.Durable.Storage;

/// <summary>
/// Keeps the epoch of a partition still while a commit for it is under way: commits hold the partition's lock together, whoever raises the epoch holds it alone. Locks of the
/// transaction and not of the partition's row, since a locked row is a written one, which made every commit a third longer. All take them in the order of the partitions' numbers.
/// </summary>
internal static class PostgresFence
{
    /// <summary>First key of the advisory locks; the second is the partition's number.</summary>
    private const string LockClass = "707171";

    private const string Free = "(p.owner IS NULL OR NOT EXISTS (SELECT 1 FROM host.durable_nodes n WHERE n.node_id = p.owner AND n.expires_at > clock_timestamp()))";

    /// <summary>For a commit: <c>$1</c> the partitions in their order.</summary>
    public const string Hold = $"SELECT pg_advisory_xact_lock_shared({LockClass}, id) FROM unnest($1::integer[]) AS id";

    /// <summary>For a commit that holds them: <c>$2</c> the epochs that they have to have. A statement of its own, since it has to see what was committed while it waited.</summary>
    public const string Check = """
        SELECT host.durable_fence_lost(string_agg(f.partition_id::text, ',')) FROM unnest($1::integer[], $2::bigint[]) AS f (partition_id, epoch)
        WHERE NOT EXISTS (SELECT 1 FROM host.durable_partitions p WHERE p.partition_id = f.partition_id AND p.epoch = f.epoch)
        HAVING count(*) > 0
        """;

    /// <summary>Takes the partitions that nobody owns; of others it waits for nothing.</summary>
    public static NpgsqlBatch Claim(NpgsqlConnection connection, string node, IReadOnlyList<int> partitions) => new(connection)
    {
        BatchCommands =
        {
            new(
                $"""
                SELECT pg_advisory_xact_lock({LockClass}, id)
                FROM (SELECT p.partition_id AS id FROM host.durable_partitions p WHERE p.partition_id = ANY ($1) AND {Free} ORDER BY 1 OFFSET 0) AS free
                """) { Parameters = { new() { Value = partitions.ToArray() } } },
            new($"UPDATE host.durable_partitions p SET owner = $1, epoch = p.epoch + 1 WHERE p.partition_id = ANY ($2) AND {Free} RETURNING p.partition_id, p.epoch")
            {
                Parameters = { new() { Value = node }, new() { Value = partitions.ToArray() } },
            },
        },
    };

    /// <summary>Raises the epochs of those leases that the node still has, so that no commit under the old ones can follow.</summary>
    public static NpgsqlBatch Raise(NpgsqlConnection connection, string node, IReadOnlyList<PartitionLease> leases, bool release) => new(connection)
    {
        BatchCommands =
        {
            new($"SELECT pg_advisory_xact_lock({LockClass}, id) FROM (SELECT unnest($1::integer[]) AS id ORDER BY 1 OFFSET 0) AS held")
            {
                Parameters = { new() { Value = leases.Select(l => l.Id).ToArray() } },
            },
            new(
                """
                UPDATE host.durable_partitions p SET epoch = p.epoch + 1, owner = CASE WHEN $4 THEN NULL ELSE p.owner END
                FROM unnest($2::integer[], $3::bigint[]) AS u (partition_id, epoch) WHERE p.partition_id = u.partition_id AND p.epoch = u.epoch AND p.owner = $1
                RETURNING p.partition_id, p.epoch
                """)
            {
                Parameters =
                {
                    new() { Value = node }, new() { Value = leases.Select(l => l.Id).ToArray() }, new() { Value = leases.Select(l => l.Epoch).ToArray() }, new() { Value = release },
                },
            },
        },
    };
}
