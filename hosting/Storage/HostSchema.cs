using System.Security.Cryptography;
using System.Text;

namespace EmbeddedFunctions.Storage;

/// <summary>
/// The tables of the host store. Every statement can run again, so a start that was killed in the middle is simply repeated. Times are UTC in 100 ns ticks (messages, timers), in both databases.
/// </summary>
internal static class HostSchema
{
    /// <summary>Holds back other nodes that start at the same moment.</summary>
    public const string PostgresLock = "SELECT pg_advisory_xact_lock(7071707170717071)";

    public const string PostgresSchema = "CREATE SCHEMA IF NOT EXISTS host";

    /// <summary>The comment of the schema that these statements have made. A node that finds it changes nothing: a change would lock the tables against the nodes that run.</summary>
    public static readonly string PostgresMark = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(';', Tables(postgres: true)))));

    /// <summary>Columns that earlier versions did not have, with the tables to which they are added.</summary>
    public static readonly IReadOnlyList<(string Table, string Column)> AddedColumns = [("subscriptions", "definition"), ("messages", "session_id"), ("messages", "headers")];

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
            "CREATE TABLE IF NOT EXISTS subscriptions (topic TEXT NOT NULL, name TEXT NOT NULL, seen_at BIGINT NOT NULL, definition TEXT, PRIMARY KEY (topic, name))",
            "CREATE TABLE IF NOT EXISTS subscription_version (only_row INTEGER PRIMARY KEY, version BIGINT NOT NULL)",
            "INSERT INTO subscription_version (only_row, version) VALUES (1, 1) ON CONFLICT DO NOTHING",
            $"""
            CREATE TABLE IF NOT EXISTS messages (
                seq {identity}, queue TEXT NOT NULL, message_id TEXT NOT NULL, correlation_id TEXT, subject TEXT, content_type TEXT, properties TEXT, body {bytes} NOT NULL,
                delivery_count INTEGER NOT NULL, scheduled_at BIGINT NOT NULL, enqueued_at BIGINT NOT NULL, visible_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, lock_token TEXT,
                dead_letter_source TEXT, dead_letter_reason TEXT, dead_letter_description TEXT, session_id TEXT, headers TEXT)
            """,
            "CREATE INDEX IF NOT EXISTS ix_messages_ready ON messages (queue, visible_at, seq)",
            "CREATE INDEX IF NOT EXISTS ix_messages_sessions ON messages (queue, session_id, seq) WHERE session_id IS NOT NULL",
            "CREATE INDEX IF NOT EXISTS ix_messages_scheduled ON messages (message_id) WHERE scheduled_at > 0",
            $"CREATE INDEX IF NOT EXISTS ix_messages_expiring ON messages (expires_at) WHERE expires_at < {long.MaxValue}",
            $"CREATE TABLE IF NOT EXISTS message_sessions (queue TEXT NOT NULL, session_id TEXT NOT NULL, lock_token TEXT, locked_until BIGINT NOT NULL, state {bytes}, PRIMARY KEY (queue, session_id))",
            "CREATE TABLE IF NOT EXISTS message_ids (name TEXT NOT NULL, message_id TEXT NOT NULL, until BIGINT NOT NULL, PRIMARY KEY (name, message_id))",
            "CREATE INDEX IF NOT EXISTS ix_message_ids_until ON message_ids (until)",
            "DROP INDEX IF EXISTS ix_messages_retried",
        ];
    }
}
