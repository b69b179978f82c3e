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
}
