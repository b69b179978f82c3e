namespace EmbeddedFunctions.Durable.Storage;

/// <summary>The tables on PostgreSQL, in the schema <c>host</c>. One transaction under an advisory lock: nodes that start at the same time take turns, a killed one leaves nothing.</summary>
internal static class PostgresSchema
{
    /// <summary>SQLSTATE of a commit whose fence is lost; the detail lists the partitions.</summary>
    public const string FenceLost = "DF001";

    public const string Sql = """
        SELECT pg_advisory_xact_lock(7071707170717071); -- the lock under which the host makes the rest of the schema
        CREATE SCHEMA IF NOT EXISTS host;
        CREATE TABLE IF NOT EXISTS host.durable_nodes (
            node_id text PRIMARY KEY,
            expires_at timestamptz NOT NULL
        );
        CREATE TABLE IF NOT EXISTS host.durable_partitions (
            partition_id integer PRIMARY KEY,
            owner text,
            epoch bigint NOT NULL
        );
        CREATE TABLE IF NOT EXISTS host.durable_instances (
            instance_id text COLLATE "C" PRIMARY KEY,
            partition_id integer NOT NULL,
            generation bigint NOT NULL,
            name text NOT NULL,
            version text,
            status integer NOT NULL,
            input text,
            output text,
            custom_status text,
            failure text,
            parent_name text,
            parent_id text,
            parent_generation bigint,
            parent_task integer,
            tags text,
            created_at bigint NOT NULL,
            start_at bigint,
            updated_at bigint NOT NULL,
            completed_at bigint,
            due_at bigint
        ) WITH (fillfactor = 80);
        CREATE INDEX IF NOT EXISTS durable_instances_due ON host.durable_instances (partition_id, due_at) WHERE due_at IS NOT NULL;
        CREATE INDEX IF NOT EXISTS durable_instances_created ON host.durable_instances (created_at, instance_id);
        CREATE INDEX IF NOT EXISTS durable_instances_completed ON host.durable_instances (completed_at, instance_id) WHERE completed_at IS NOT NULL;
        CREATE INDEX IF NOT EXISTS durable_instances_parent ON host.durable_instances (parent_id) WHERE parent_id IS NOT NULL;
        CREATE TABLE IF NOT EXISTS host.durable_history (
            instance_id text COLLATE "C" NOT NULL,
            generation bigint NOT NULL,
            checkpoint integer NOT NULL,
            events text NOT NULL,
            PRIMARY KEY (instance_id, generation, checkpoint)
        );
        CREATE TABLE IF NOT EXISTS host.durable_inbox (
            partition_id integer NOT NULL,
            message_id text COLLATE "C" NOT NULL,
            instance_id text NOT NULL,
            generation bigint,
            event text NOT NULL,
            PRIMARY KEY (partition_id, message_id)
        );
        CREATE TABLE IF NOT EXISTS host.durable_entities (
            entity_id text COLLATE "C" PRIMARY KEY,
            partition_id integer NOT NULL,
            state text,
            lock_owner text,
            updated_at bigint NOT NULL
        ) WITH (fillfactor = 80);
        CREATE INDEX IF NOT EXISTS durable_entities_locked ON host.durable_entities (entity_id) WHERE lock_owner IS NOT NULL;
        CREATE TABLE IF NOT EXISTS host.durable_signals (
            partition_id integer NOT NULL,
            due_at bigint NOT NULL,
            message_id text COLLATE "C" NOT NULL,
            instance_id text NOT NULL,
            event text NOT NULL,
            PRIMARY KEY (partition_id, due_at, message_id)
        );
        CREATE OR REPLACE FUNCTION host.durable_fence_lost(lost text) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'The fence of a partition is lost.' USING ERRCODE = 'DF001', DETAIL = lost;
        END $$;
        """;

    public const string SeedPartitions = """
        INSERT INTO host.durable_partitions (partition_id, epoch) SELECT id, 0 FROM generate_series(0, $1 - 1) AS id WHERE NOT EXISTS (SELECT 1 FROM host.durable_partitions);
        """;
}
