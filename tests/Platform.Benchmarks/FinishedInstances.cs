using Microsoft.Data.Sqlite;
using Npgsql;

namespace Platform.Benchmarks;

/// <summary>
/// Fills a store with copies of a finished instance and its history: ids and times are those of one start per millisecond, as the engine makes them (UUIDv7), the rest is the template's.
/// </summary>
internal static class FinishedInstances
{
    private const string Columns =
        "name, version, status, input, output, custom_status, failure, parent_name, parent_id, parent_generation, parent_task, tags, start_at, completed_at, due_at, generation";

    private const int Partitions = 32;

    public static async Task FillSqliteAsync(string connectionString, string template, int count)
    {
        await using var connection = new SqliteConnection($"{connectionString};Pooling=false");
        await connection.OpenAsync();
        await ExecuteAsync(connection, "PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; PRAGMA temp_store = MEMORY");
        await ExecuteAsync(
            connection,
            $"""
            BEGIN IMMEDIATE;
            CREATE TEMP TABLE copies AS
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
                SELECT i, printf('%012x7', (SELECT created_at / 10000 - 62135596800000 FROM durable_instances WHERE instance_id = '{template}') - {count} + i) || substr(lower(hex(randomblob(10))), 2) AS id FROM n;
            INSERT INTO durable_instances (instance_id, partition_id, created_at, updated_at, {Columns})
                SELECT c.id, c.i % {Partitions}, t.created_at - ({count} - c.i) * 10000, t.updated_at - ({count} - c.i) * 10000, {Columns}
                FROM copies c CROSS JOIN durable_instances t WHERE t.instance_id = '{template}' ORDER BY c.i;
            INSERT INTO durable_history (instance_id, generation, checkpoint, events)
                SELECT c.id, h.generation, h.checkpoint, h.events FROM copies c CROSS JOIN durable_history h WHERE h.instance_id = '{template}' ORDER BY c.i, h.checkpoint;
            DROP TABLE copies;
            COMMIT;
            PRAGMA wal_checkpoint(TRUNCATE);
            """);
    }

    public static async Task FillPostgresAsync(string connectionString, string template, int count)
    {
        await using var connection = new NpgsqlConnection($"{connectionString};Command Timeout=0");
        await connection.OpenAsync();
        await ExecuteAsync(
            connection,
            $"""
            CREATE TEMP TABLE copies AS
                SELECT i, lpad(to_hex((t.created_at / 10000 - 62135596800000) - {count} + i), 12, '0') || '7' || substr(md5(random()::text), 1, 19) AS id
                FROM generate_series(1, {count}) AS i CROSS JOIN host.durable_instances t WHERE t.instance_id = '{template}';
            INSERT INTO host.durable_instances (instance_id, partition_id, created_at, updated_at, {Columns})
                SELECT c.id, c.i % {Partitions}, t.created_at - ({count} - c.i) * 10000::bigint, t.updated_at - ({count} - c.i) * 10000::bigint, {Columns}
                FROM copies c CROSS JOIN host.durable_instances t WHERE t.instance_id = '{template}' ORDER BY c.i;
            INSERT INTO host.durable_history (instance_id, generation, checkpoint, events)
                SELECT c.id, h.generation, h.checkpoint, h.events FROM copies c CROSS JOIN host.durable_history h WHERE h.instance_id = '{template}' ORDER BY c.i, h.checkpoint;
            DROP TABLE copies;
            """);
        await ExecuteAsync(connection, "VACUUM (ANALYZE) host.durable_instances");
        await ExecuteAsync(connection, "VACUUM (ANALYZE) host.durable_history");
        await ExecuteAsync(connection, "CHECKPOINT");
    }

    private static async Task ExecuteAsync(System.Data.Common.DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }
}
