namespace EmbeddedFunctions.Storage;

/// <summary>
/// The tables of the host store. Every statement can run again, so a start that was killed in the middle is simply repeated. Times are UTC in 100 ns ticks (messages, timers), in both databases.
/// </summary>
internal static class HostSchema
{
    /// <summary>Holds back other nodes that start at the same moment.</summary>
    public const string PostgresLock = "SELECT pg_advisory_xact_lock(7071707170717071)";

    public const string PostgresSchema = "CREATE SCHEMA IF NOT EXISTS host";

    public static IEnumerable<string> Tables(bool postgres)
    {
        var identity = postgres ? "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY" : "INTEGER PRIMARY KEY AUTOINCREMENT";
        var bytes = postgres ? "BYTEA" : "BLOB";
        return
        [
            "CREATE TABLE IF NOT EXISTS function_keys (scope TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (scope, name))",
            """
            CREATE TABLE IF NOT EXISTS timers (
                function TEXT NOT NULL PRIMARY KEY, last_tick BIGINT NOT NULL, next_tick BIGINT NOT NULL, updated_at BIGINT NOT NULL,
                schedule TEXT NOT NULL, lease_owner TEXT NOT NULL, lease_until BIGINT NOT NULL)
            """,
            "CREATE TABLE IF NOT EXISTS subscriptions (topic TEXT NOT NULL, name TEXT NOT NULL, seen_at BIGINT NOT NULL, PRIMARY KEY (topic, name))",
            $"""
            CREATE TABLE IF NOT EXISTS messages (
                seq {identity}, queue TEXT NOT NULL, message_id TEXT NOT NULL, correlation_id TEXT, subject TEXT, content_type TEXT, properties TEXT, body {bytes} NOT NULL,
                delivery_count INTEGER NOT NULL, scheduled_at BIGINT NOT NULL, enqueued_at BIGINT NOT NULL, visible_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, lock_token TEXT,
                dead_letter_source TEXT, dead_letter_reason TEXT, dead_letter_description TEXT)
            """,
            "CREATE INDEX IF NOT EXISTS ix_messages_ready ON messages (queue, visible_at, seq)",
            "CREATE INDEX IF NOT EXISTS ix_messages_retried ON messages (visible_at) WHERE delivery_count > 0 AND dead_letter_source IS NULL",
            $"CREATE INDEX IF NOT EXISTS ix_messages_expiring ON messages (expires_at) WHERE expires_at < {long.MaxValue}",
        ];
    }
}
