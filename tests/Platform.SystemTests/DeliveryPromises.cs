namespace Platform.SystemTests;

/// <summary>What must hold for builds, deployments, backups and webhooks when all have ended, whatever happened to the processes.</summary>
internal static class DeliveryPromises
{
    public static readonly IReadOnlyList<Promise> All =
    [
        new("every build has ended", "SELECT id || ' ' || status FROM builds WHERE status IN ('queued', 'running')"),
        new("every step has ended", "SELECT b.id || ' ' || s.name FROM build_steps s JOIN builds b ON b.id = s.build_id WHERE s.status IN ('pending', 'running')"),
        new("a build fails only because its executor was lost", "SELECT id || ' ' || coalesce(failure_code, status) FROM builds WHERE status <> 'succeeded' AND coalesce(failure_code, '') <> 'executor_lost'"),
        new("a lost build is tried again", "SELECT CAST(id AS text) FROM builds WHERE failure_code = 'executor_lost' AND attempt = 1 AND retried_by IS NULL"),
        new("every build's hooks are through", """
            SELECT CAST(id AS text) FROM builds b WHERE (SELECT count(*) FROM build_hook_runs r WHERE r.build_id = b.id AND r.status = 'completed') <> 1
            """),
        new("every deployment has succeeded", "SELECT id || ' ' || status || ' ' || coalesce(error_message, '') FROM function_deployments WHERE status <> 'succeeded'"),
        new("a deployment has each step behind it", "SELECT CAST(id AS text) FROM function_deployments WHERE CAST(steps AS text) LIKE '%\"running\"%' OR CAST(steps AS text) LIKE '%\"pending\"%' OR finished_at IS NULL"),
        new("what serves is the newest deployment's version", """
            SELECT f.id || ' serves ' || coalesce(CAST(f.active_version AS text), 'nothing') FROM user_functions f
            JOIN function_deployments d ON d.id = (SELECT id FROM function_deployments n WHERE n.function_id = f.id ORDER BY created_at DESC, id DESC LIMIT 1)
            WHERE f.active_deployment_id IS DISTINCT FROM d.id OR f.active_version IS DISTINCT FROM d.version_number OR f.latest_deployment_id IS DISTINCT FROM d.id
                OR f.latest_deployment_status IS DISTINCT FROM d.status
            """),
        new("a deployment follows the one before it", """
            SELECT CAST(id AS text) FROM (
                SELECT id, previous_version, previous_deployment_id, lag(version_number) OVER by_time AS version_before, lag(id) OVER by_time AS before
                FROM function_deployments WINDOW by_time AS (PARTITION BY function_id ORDER BY created_at, id)) d
            WHERE previous_version IS DISTINCT FROM version_before OR previous_deployment_id IS DISTINCT FROM before
            """),
        new("every backup is completed", "SELECT id || ' ' || status || ' ' || coalesce(error, '') FROM database_backups WHERE status <> 'completed' OR sha256 IS NULL"),
        new("every database serves", "SELECT id || ' ' || status FROM databases WHERE status <> 'available'"),
        new("every event is delivered", "SELECT event_type || ' ' || status FROM webhook_deliveries WHERE status <> 'delivered'"),
        new("every public event has its delivery", """
            SELECT e.event_type || ' ' || e.aggregate_id FROM events e
            WHERE (e.event_type LIKE 'build.%' OR e.event_type LIKE 'deployment.%') AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.event_id = e.event_id)
            """),
        new("every event has its number", "SELECT CAST(event_id AS text) FROM events WHERE sequence IS NULL"),
        new("nothing waits in the outbox", "SELECT instance_id FROM workflow_outbox WHERE name IS NOT NULL"),
    ];

    /// <summary>What has not ended at this moment.</summary>
    public const string UnderWay = """
        SELECT 'build ' || id || ' ' || status || ' in ' || phase FROM builds WHERE status IN ('queued', 'running')
        UNION ALL SELECT 'deployment ' || id || ' ' || status FROM function_deployments WHERE finished_at IS NULL
        UNION ALL SELECT 'backup ' || id || ' ' || status FROM database_backups WHERE status IN ('pending', 'running')
        UNION ALL SELECT 'webhook ' || id || ' ' || event_type || ' ' || status FROM webhook_deliveries WHERE status <> 'delivered'
        """;

    /// <summary>Every row that the promises are about, in words.</summary>
    public const string Rows = """
        SELECT concat_ws(' ', 'build', b.id, b.status, b.phase, b.failure_code, 'attempt', b.attempt, 'retried by', b.retried_by, b.queued_at, b.started_at, b.finished_at,
            (SELECT string_agg(concat_ws(' ', s.name, s.status), ', ' ORDER BY s."order") FROM build_steps s WHERE s.build_id = b.id)) FROM builds b
        UNION ALL SELECT concat_ws(' ', 'hooks of', build_id, number, status, created_at, finished_at, results) FROM build_hook_runs
        UNION ALL SELECT concat_ws(' ', 'deployment', id, 'version', version_number, 'after', previous_version, previous_deployment_id, status, error_message, created_at, finished_at, steps) FROM function_deployments
        UNION ALL SELECT concat_ws(' ', 'function', id, 'serves', active_version, active_deployment_id) FROM user_functions
        UNION ALL SELECT concat_ws(' ', 'database', id, engine, status, error) FROM databases
        UNION ALL SELECT concat_ws(' ', 'backup', id, 'of', database_id, status, sha256, error, created_at, started_at, completed_at) FROM database_backups
        UNION ALL SELECT concat_ws(' ', 'event', event_id, event_type, aggregate_id, sequence) FROM events WHERE event_type LIKE 'build.%' OR event_type LIKE 'deployment.%'
        UNION ALL SELECT concat_ws(' ', 'webhook', id, 'of', event_id, event_type, status, attempt_count, due_at, delivered_at) FROM webhook_deliveries
        """;
}
