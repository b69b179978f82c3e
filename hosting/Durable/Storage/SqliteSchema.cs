namespace EmbeddedFunctions.Durable.Storage;

/// <summary>The tables on SQLite. Each statement may run again: a start that was killed half-way is finished by the next.</summary>
internal static class SqliteSchema
{
    public const string Sql = """
        CREATE TABLE IF NOT EXISTS durable_partitions (
            partition_id INTEGER PRIMARY KEY,
            epoch INTEGER NOT NULL
        );
        CREATE TABLE IF NOT EXISTS durable_instances (
            instance_id TEXT PRIMARY KEY,
            partition_id INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            name TEXT NOT NULL,
            version TEXT,
            status INTEGER NOT NULL,
            input TEXT,
            output TEXT,
            custom_status TEXT,
            failure TEXT,
            parent_name TEXT,
            parent_id TEXT,
            parent_generation INTEGER,
            parent_task INTEGER,
            tags TEXT,
            created_at INTEGER NOT NULL,
            start_at INTEGER,
            updated_at INTEGER NOT NULL,
            completed_at INTEGER,
            due_at INTEGER
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS durable_instances_due ON durable_instances (partition_id, due_at) WHERE due_at IS NOT NULL;
        CREATE INDEX IF NOT EXISTS durable_instances_created ON durable_instances (created_at, instance_id);
        CREATE INDEX IF NOT EXISTS durable_instances_completed ON durable_instances (completed_at, instance_id) WHERE completed_at IS NOT NULL;
        CREATE INDEX IF NOT EXISTS durable_instances_parent ON durable_instances (parent_id) WHERE parent_id IS NOT NULL;
        CREATE TABLE IF NOT EXISTS durable_history (
            instance_id TEXT NOT NULL,
            generation INTEGER NOT NULL,
            checkpoint INTEGER NOT NULL,
            events TEXT NOT NULL,
            PRIMARY KEY (instance_id, generation, checkpoint)
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS durable_inbox (
            partition_id INTEGER NOT NULL,
            message_id TEXT NOT NULL,
            instance_id TEXT NOT NULL,
            generation INTEGER,
            event TEXT NOT NULL,
            PRIMARY KEY (partition_id, message_id)
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS durable_entities (
            entity_id TEXT PRIMARY KEY,
            partition_id INTEGER NOT NULL,
            state TEXT,
            lock_owner TEXT,
            updated_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS durable_entities_locked ON durable_entities (entity_id) WHERE lock_owner IS NOT NULL;
        CREATE TABLE IF NOT EXISTS durable_signals (
            partition_id INTEGER NOT NULL,
            due_at INTEGER NOT NULL,
            message_id TEXT NOT NULL,
            instance_id TEXT NOT NULL,
            event TEXT NOT NULL,
            PRIMARY KEY (partition_id, due_at, message_id)
        ) WITHOUT ROWID;
        """;
}
