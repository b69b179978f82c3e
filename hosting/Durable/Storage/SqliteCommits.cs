using EmbeddedFunctions.DurableTask.Client;
using Microsoft.Data.Sqlite;

namespace EmbeddedFunctions.Durable.Storage;

/// <summary>Writes checkpoints through the held statements of the one writing connection.</summary>
internal sealed class SqliteCommits(SqliteConnection connection) : IDisposable
{
    private static readonly string Finished = string.Join(',', NewInstance.Finished.Select(s => (int)s));

    private readonly SqliteStatement _begin = new(connection, "BEGIN IMMEDIATE");
    private readonly SqliteStatement _commit = new(connection, "COMMIT");
    private readonly SqliteStatement _rollback = new(connection, "ROLLBACK");

    private readonly SqliteStatement _update = new(
        connection,
        """
        UPDATE durable_instances SET generation = @p2, status = @p3, custom_status = @p4, output = @p5, failure = @p6, due_at = @p7, updated_at = @p8, completed_at = @p9
        WHERE instance_id = @p0 AND generation = @p1
        """,
        10);

    private readonly SqliteStatement _restart = new(connection, "UPDATE durable_instances SET input = @p1, version = @p2, start_at = NULL, parent_generation = @p3 WHERE instance_id = @p0", 4);
    private readonly SqliteStatement _forget = new(connection, "DELETE FROM durable_history WHERE instance_id = @p0 AND generation <> @p1", 2);
    private readonly SqliteStatement _history = new(connection, "INSERT INTO durable_history (instance_id, generation, checkpoint, events) VALUES (@p0, @p1, @p2, @p3)", 4);
    private readonly SqliteStatement _consume = new(connection, "DELETE FROM durable_inbox WHERE partition_id = @p0 AND message_id = @p1", 2);

    private readonly SqliteStatement _send = new(
        connection,
        $"""
        INSERT INTO durable_inbox (partition_id, message_id, instance_id, generation, event)
        SELECT @p0, @p1, @p2, @p3, @p4 WHERE EXISTS (SELECT 1 FROM durable_instances WHERE instance_id = @p2 AND status NOT IN ({Finished}))
        """,
        5);

    private readonly SqliteStatement _create = new(
        connection,
        $"""
        INSERT INTO durable_instances (instance_id, partition_id, generation, name, version, status, input, parent_name, parent_id, parent_generation, parent_task, tags,
            created_at, start_at, updated_at, due_at)
        VALUES (@p0, @p1, @p2, @p3, @p4, {(int)OrchestrationRuntimeStatus.Pending}, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, @p11, @p13)
        ON CONFLICT (instance_id) DO UPDATE SET generation = excluded.generation, name = excluded.name, version = excluded.version, status = excluded.status,
            input = excluded.input, output = NULL, custom_status = NULL, failure = NULL, parent_name = excluded.parent_name, parent_id = excluded.parent_id,
            parent_generation = excluded.parent_generation, parent_task = excluded.parent_task, tags = excluded.tags, created_at = excluded.created_at,
            start_at = excluded.start_at, updated_at = excluded.updated_at, completed_at = NULL, due_at = excluded.due_at
        WHERE (@p14 >> durable_instances.status) & 1
        """,
        15);

    private readonly SqliteStatement _bear = new(
        connection,
        """
        INSERT INTO durable_instances (instance_id, partition_id, generation, name, version, status, input, output, custom_status, failure, tags, created_at, updated_at,
            completed_at, due_at)
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, @p13, @p14)
        """,
        15);

    private readonly SqliteStatement _sendToEntity = new(
        connection, "INSERT INTO durable_inbox (partition_id, message_id, instance_id, event) VALUES (@p0, @p1, @p2, @p3)", 4);

    private readonly SqliteStatement _schedule = new(
        connection, "INSERT INTO durable_signals (partition_id, message_id, instance_id, event, due_at) VALUES (@p0, @p1, @p2, @p3, @p4)", 5);

    private readonly SqliteStatement _saveEntity = new(
        connection,
        """
        INSERT INTO durable_entities (entity_id, partition_id, state, lock_owner, updated_at) VALUES (@p0, @p1, @p2, @p3, @p4)
        ON CONFLICT (entity_id) DO UPDATE SET state = excluded.state, lock_owner = excluded.lock_owner, updated_at = excluded.updated_at
        """,
        5);

    private readonly SqliteStatement _dropEntity = new(connection, "DELETE FROM durable_entities WHERE entity_id = @p0", 1);

    public void Write(IReadOnlyList<Checkpoint> checkpoints)
    {
        _begin.Execute();
        try
        {
            foreach (var checkpoint in checkpoints)
                Write(checkpoint);

            // Messages come last: their receivers may be created or finished by the same batch.
            foreach (var checkpoint in checkpoints)
            {
                foreach (var message in checkpoint.Messages)
                    Send(message);
            }

            _commit.Execute();
        }
        catch
        {
            Rollback();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _begin, _commit, _rollback, _update, _restart, _forget, _history, _consume, _send, _create, _bear, _sendToEntity, _schedule, _saveEntity, _dropEntity })
            statement.Dispose();
    }

    private void Rollback()
    {
        // SQLite has rolled back by itself after some errors (disk full, I/O).
        if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0)
            _rollback.Execute();
    }

    private void Write(Checkpoint checkpoint)
    {
        if (checkpoint.Born is { } born)
            Bear(born.Header, checkpoint.Update!);
        else if (checkpoint.Update is { } state)
            Write(state);
        checkpoint.Rewinds.ForEach(Write);
        if (checkpoint.Entity is { } entity)
            Write(entity);
        foreach (var message in checkpoint.Consumed)
            _consume.Execute(checkpoint.Fence!.Id, message);
        foreach (var creation in checkpoint.Creations)
            Create(creation);
    }

    /// <summary>Stores an instance with the state in which its first turn leaves it.</summary>
    private void Bear(InstanceHeader created, InstanceUpdate state)
    {
        var header = state.Restart ?? created;
        _bear.Execute(
            header.InstanceId, header.Partition, header.Generation, header.Name, header.Version, (int)state.Status, header.Input, state.Output, state.CustomStatus,
            HistoryJson.Write(state.Failure), HistoryJson.Write(header.Tags), header.CreatedAt.Ticks, state.UpdatedAt.Ticks, state.CompletedAt?.Ticks, state.DueAt?.Ticks);
        _history.Execute(header.InstanceId, header.Generation, state.Number, state.History);
    }

    private void Write(InstanceUpdate state)
    {
        var generation = state.Restart?.Generation ?? state.Generation;
        var rows = _update.Execute(
            state.InstanceId, state.Generation, generation, (int)state.Status, state.CustomStatus, state.Output, HistoryJson.Write(state.Failure),
            state.DueAt?.Ticks, state.UpdatedAt.Ticks, state.CompletedAt?.Ticks);
        if (rows != 1)
            throw new InvalidOperationException($"The instance '{state.InstanceId}' is not in the store any more.");

        if (state.Restart is { } header)
        {
            _restart.Execute(state.InstanceId, header.Input, header.Version, header.Parent?.Generation);
            _forget.Execute(state.InstanceId, generation);
        }

        _history.Execute(state.InstanceId, generation, state.Number, state.History);
    }

    private void Write(StoredEntity entity)
    {
        if (entity.IsGone)
            _dropEntity.Execute(entity.EntityId);
        else
            _saveEntity.Execute(entity.EntityId, entity.Partition, entity.State, HistoryJson.Write(entity.Lock), entity.UpdatedAt.Ticks);
    }

    private void Create(NewInstance creation)
    {
        var (h, parent) = (creation.Header, creation.Header.Parent);
        var replaceable = creation.Replaceable.Aggregate(0, (bits, status) => bits | (1 << (int)status));
        var due = h.StartAt?.Ticks ?? 0;
        creation.Refused = _create.Execute(
            h.InstanceId, h.Partition, h.Generation, h.Name, h.Version, h.Input, parent?.Name, parent?.InstanceId, parent?.Generation, parent?.TaskId,
            HistoryJson.Write(h.Tags), h.CreatedAt.Ticks, h.StartAt?.Ticks, due, replaceable) == 0;
        if (!creation.Refused)
            _forget.Execute(h.InstanceId, h.Generation);
        else if (creation.OnRefused is { } refusal)
            Send(refusal);
    }

    private void Send(Message message)
    {
        var content = HistoryJson.Write(message.Event!);
        if (message.DueAt is { } due)
            _schedule.Execute(message.Partition, message.Id, message.InstanceId, content, due.Ticks);
        else if (EntityIds.IsEntity(message.InstanceId))
            _sendToEntity.Execute(message.Partition, message.Id, message.InstanceId, content);
        else
            _send.Execute(message.Partition, message.Id, message.InstanceId, message.Generation, content);
    }
}
