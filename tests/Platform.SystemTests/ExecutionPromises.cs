namespace Platform.SystemTests;

/// <summary>What must hold for executions when all have ended, whatever happened to the processes.</summary>
internal static class ExecutionPromises
{
    public static readonly IReadOnlyList<Promise> All =
    [
        new("every execution has ended", "SELECT id || ' ' || status FROM executions WHERE status NOT IN ('completed', 'failed', 'timeout', 'cancelled', 'error')"),
        new("every execution has one result", "SELECT CAST(id AS text) FROM executions WHERE id NOT IN (SELECT execution_id FROM execution_results)"),
        new("every execution has exactly one result event", """
            SELECT CAST(x.id AS text) FROM executions x
            WHERE (SELECT count(*) FROM events e WHERE e.aggregate_id = CAST(x.id AS text) AND e.event_type IN ('result_stored', 'result_failed')) <> 1
            """),
        new("no event of an execution is stored twice", """
            SELECT e.aggregate_id || ' ' || e.event_type FROM events e WHERE e.event_type <> 'saga_compensating' AND e.aggregate_id IN (SELECT CAST(id AS text) FROM executions)
            GROUP BY e.aggregate_id, e.event_type HAVING count(*) > 1
            """),
        new("what has started had been claimed and requested", """
            SELECT e.aggregate_id FROM events e WHERE e.event_type = 'execution_started' AND NOT EXISTS (
                SELECT 1 FROM events r JOIN events p ON p.aggregate_id = r.aggregate_id AND p.event_type = 'pod_scheduled'
                WHERE r.aggregate_id = e.aggregate_id AND r.event_type = 'execution_requested' AND r.sequence < p.sequence AND p.sequence < e.sequence)
            """),
        new("the result's event is the last but the release", """
            SELECT e.aggregate_id FROM events e JOIN events r ON r.aggregate_id = e.aggregate_id AND r.event_type = 'result_stored'
            WHERE e.event_type IN ('execution_started', 'execution_completed', 'execution_failed', 'execution_timeout') AND e.sequence > r.sequence
            """),
        new("every event has its number", "SELECT CAST(event_id AS text) FROM events WHERE sequence IS NULL"),
        new("numbers have no holes", "SELECT CAST(count(*) AS text) FROM events HAVING count(*) <> coalesce(max(sequence), 0)"),
        new("every begun saga has ended", "SELECT CAST(id AS text) FROM sagas WHERE state NOT IN ('completed', 'failed', 'timeout', 'cancelled')"),
        new("no slot and no allocation is left", """
            SELECT CAST(id AS text) FROM executions WHERE holds_slot UNION ALL SELECT CAST(id AS text) FROM resource_allocations WHERE status = 'active'
            """),
        new("nothing waits in the outbox", "SELECT instance_id FROM workflow_outbox WHERE name IS NOT NULL"),
        new("every end is told once", "SELECT CAST(source_event_id AS text) FROM notifications GROUP BY source_event_id, channel HAVING count(*) > 1"),
    ];
}
