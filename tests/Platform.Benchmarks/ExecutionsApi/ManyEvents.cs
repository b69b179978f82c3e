using System.Data.Common;

namespace Platform.Benchmarks.ExecutionsApi;

/// <summary>
/// Fills the event store with copies of what one execution left, of a thousand users over sixty days: ids are UUIDv7 of their times and numbers follow each other, as the platform makes them.
/// One of the users is the template's, to whom executions are copied as well. To be used while no platform runs.
/// </summary>
internal sealed class ManyEvents(DbConnection connection, bool isSqlite)
{
    public const int Users = 1000;
    private const int Days = 60;

    /// <returns>How many events the store has in the end.</returns>
    public async Task<long> FillAsync(Guid template, long least)
    {
        await ExecuteAsync(isSqlite
            ? "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; PRAGMA temp_store = MEMORY"
            : "SET maintenance_work_mem = '512MB'; SET synchronous_commit = off");
        var indexes = await DropIndexesAsync();
        var perExecution = (long)(await ScalarAsync($"SELECT count(*) FROM events WHERE aggregate_id = '{template}'"))!;
        await CopyAsync(template, perExecution, ((least - 1) / perExecution) + 1);
        foreach (var index in indexes)
            await ExecuteAsync(index);
        await ExecuteAsync("UPDATE relay_state SET value = (SELECT max(sequence) FROM events) WHERE name IN ('sequenced', 'forwarded')");
        await ExecuteAsync(isSqlite ? "PRAGMA journal_mode = WAL" : "VACUUM (ANALYZE) events; VACUUM (ANALYZE) executions; CHECKPOINT");
        return (long)(await ScalarAsync("SELECT count(*) FROM events"))!;
    }

    private async Task CopyAsync(Guid template, long perExecution, long executions)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var step = TimeSpan.FromDays(Days).TotalMilliseconds / executions;
        var numbers = isSqlite ? $"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {executions})" : $"WITH n (i) AS (SELECT generate_series(1, {executions})::bigint)";
        await ExecuteAsync($"""
            CREATE TEMP TABLE copies AS {numbers} SELECT i, CAST({now} - ({executions} - i) * {step:R} AS bigint) - 60000 AS ms FROM n;
            CREATE TEMP TABLE templates AS SELECT row_number() OVER (ORDER BY sequence) AS k, * FROM events WHERE aggregate_id = '{template}';
            INSERT INTO events (event_id, sequence, event_type, event_version, topic, timestamp, aggregate_id, correlation_id, causation_id, organization_id, project_id, user_id,
                service_name, metadata, payload, stored_at, ttl_expires_at)
            SELECT {Id("c.ms", "t.k", "c.i")}, (SELECT max(value) FROM relay_state WHERE name = 'sequenced') + (c.i - 1) * {perExecution} + t.k, t.event_type, t.event_version, t.topic,
                {Instant("c.ms + t.k * 20")}, {Text(Id("c.ms", "0", "c.i"))}, 'req_' || {Text(Id("c.ms", "0", "c.i"))}, t.causation_id, t.organization_id, t.project_id,
                CASE WHEN c.i % {Users} = 0 THEN t.user_id ELSE {Id("0", "0", $"c.i % {Users}")} END,
                t.service_name, t.metadata, t.payload, {Instant("c.ms + t.k * 20")}, {Instant("c.ms + 7776000000")}
            FROM copies c CROSS JOIN templates t ORDER BY c.i, t.k;
            """);
        var others = string.Join(", ", (await ColumnsAsync("executions")).Where(column => column != "id"));
        await ExecuteAsync($"""
            INSERT INTO executions (id, {others}) SELECT {Id("c.ms", "0", "c.i")}, {others} FROM copies c CROSS JOIN executions e WHERE c.i % {Users} = 0 AND e.id = '{template}';
            DROP TABLE copies;
            DROP TABLE templates;
            """);
    }

    /// <summary>Sorted indexes are made much faster than they grow; answers how to make them again.</summary>
    private async Task<List<string>> DropIndexesAsync()
    {
        var indexes = await ListAsync(isSqlite
            ? "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'events' AND sql IS NOT NULL AND name NOT LIKE '%aggregate%'"
            : "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'events' AND indexname NOT LIKE 'pk%' AND indexname NOT LIKE '%aggregate%'");
        foreach (var (name, _) in indexes)
            await ExecuteAsync($"DROP INDEX {name}");
        return indexes.ConvertAll(index => index.Definition);
    }

    private string Id(string ms, string k, string i) => isSqlite
        ? $"printf('%08x-%04x-7%03x-8%03x-%012x', ({ms}) / 65536, ({ms}) % 65536, {k}, {k}, {i})"
        : $"CAST({Hex($"({ms}) / 65536", 8)} || '-' || {Hex($"({ms}) % 65536", 4)} || '-7' || {Hex(k, 3)} || '-8' || {Hex(k, 3)} || '-' || {Hex(i, 12)} AS uuid)";

    private static string Hex(string value, int digits) => $"lpad(to_hex(CAST({value} AS bigint)), {digits}, '0')";

    private string Text(string id) => isSqlite ? id : $"CAST({id} AS text)";

    private string Instant(string ms) => isSqlite ? $"({ms}) * 1000" : $"to_timestamp(({ms}) / 1000.0)";

    private async Task<List<string>> ColumnsAsync(string table)
    {
        await using var command = Command($"SELECT * FROM {table} LIMIT 0");
        await using var reader = await command.ExecuteReaderAsync();
        return [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
    }

    private async Task<List<(string Name, string Definition)>> ListAsync(string sql)
    {
        await using var command = Command(sql);
        await using var reader = await command.ExecuteReaderAsync();
        List<(string, string)> rows = [];
        while (await reader.ReadAsync())
            rows.Add((reader.GetString(0), reader.GetString(1)));
        return rows;
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = Command(sql);
        return await command.ExecuteScalarAsync();
    }

    // One statement at a time: several in one command are one transaction on PostgreSQL, in which there is no VACUUM.
    private async Task ExecuteAsync(string sql)
    {
        foreach (var statement in sql.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            await using var command = Command(statement);
            await command.ExecuteNonQueryAsync();
        }
    }

    private DbCommand Command(string sql)
    {
        var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, 0);
        return command;
    }
}
