using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Platform.SystemTests;

/// <summary>Reads the platform's database from outside and says what contradicts the promises about executions.</summary>
internal sealed class ExecutionLedger(string? postgres, string sqliteFile)
{
    // Each query lists contradictions: nothing must come out.
    private static readonly (string Promise, string Query)[] Promises =
    [
        ("every execution has ended", "SELECT id || ' ' || status FROM executions WHERE status NOT IN ('completed', 'failed', 'timeout', 'cancelled', 'error')"),
        ("every execution has one result", "SELECT CAST(id AS text) FROM executions WHERE id NOT IN (SELECT execution_id FROM execution_results)"),
        ("every execution has exactly one result event", """
            SELECT CAST(x.id AS text) FROM executions x
            WHERE (SELECT count(*) FROM events e WHERE e.aggregate_id = CAST(x.id AS text) AND e.event_type IN ('result_stored', 'result_failed')) <> 1
            """),
        ("no event of an execution is stored twice", """
            SELECT e.aggregate_id || ' ' || e.event_type FROM events e WHERE e.event_type <> 'saga_compensating' AND e.aggregate_id IN (SELECT CAST(id AS text) FROM executions)
            GROUP BY e.aggregate_id, e.event_type HAVING count(*) > 1
            """),
        ("what has started had been claimed and requested", """
            SELECT e.aggregate_id FROM events e WHERE e.event_type = 'execution_started' AND NOT EXISTS (
                SELECT 1 FROM events r JOIN events p ON p.aggregate_id = r.aggregate_id AND p.event_type = 'pod_scheduled'
                WHERE r.aggregate_id = e.aggregate_id AND r.event_type = 'execution_requested' AND r.sequence < p.sequence AND p.sequence < e.sequence)
            """),
        ("the result's event is the last but the release", """
            SELECT e.aggregate_id FROM events e JOIN events r ON r.aggregate_id = e.aggregate_id AND r.event_type = 'result_stored'
            WHERE e.event_type IN ('execution_started', 'execution_completed', 'execution_failed', 'execution_timeout') AND e.sequence > r.sequence
            """),
        ("every event has its number", "SELECT CAST(event_id AS text) FROM events WHERE sequence IS NULL"),
        ("numbers have no holes", "SELECT CAST(count(*) AS text) FROM events HAVING count(*) <> coalesce(max(sequence), 0)"),
        ("every begun saga has ended", "SELECT CAST(id AS text) FROM sagas WHERE state NOT IN ('completed', 'failed', 'timeout', 'cancelled')"),
        ("no slot and no allocation is left", """
            SELECT CAST(id AS text) FROM executions WHERE holds_slot UNION ALL SELECT CAST(id AS text) FROM resource_allocations WHERE status = 'active'
            """),
        ("nothing waits in the outbox", "SELECT instance_id FROM workflow_outbox WHERE name IS NOT NULL"),
        ("every end is told once", "SELECT CAST(source_event_id AS text) FROM notifications GROUP BY source_event_id, channel HAVING count(*) > 1"),
    ];

    /// <summary>Waits until all promises hold, while recovery is under way; returns those that still do not when patience ends.</summary>
    public async Task<List<string>> UntilNoneAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        List<string> found;
        while ((found = await ContradictionsAsync()).Count > 0 && !limit.IsCancellationRequested)
            await Task.Delay(200);
        return found;
    }

    /// <summary>Promises that do not hold at this moment, with examples.</summary>
    public async Task<List<string>> ContradictionsAsync()
    {
        await using var connection = await OpenAsync();
        List<string> found = [];
        foreach (var (promise, query) in Promises)
        {
            if (await ListAsync(connection, query) is { Count: > 0 } rows)
                found.Add($"{promise}: {rows.Count} ({string.Join("; ", rows.Take(3))})");
        }

        return found;
    }

    public async Task<HashSet<Guid>> ExecutionsAsync()
    {
        await using var connection = await OpenAsync();
        return [.. (await ListAsync(connection, "SELECT CAST(id AS text) FROM executions")).Select(Guid.Parse)];
    }

    private async Task<DbConnection> OpenAsync()
    {
        DbConnection connection = postgres is not null ? new NpgsqlConnection(postgres) : new SqliteConnection($"Data Source={sqliteFile};Mode=ReadOnly");
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<List<string>> ListAsync(DbConnection connection, string query)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // constants of this class
        command.CommandText = query;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync();
        List<string> rows = [];
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
