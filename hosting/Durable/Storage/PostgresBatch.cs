using EmbeddedFunctions.DurableTask.Client;
using Npgsql;

namespace EmbeddedFunctions.Durable.Storage;

/// <summary>
/// A group commit as one batch: the statements go out together and run in one implicit transaction, one round trip in all. Rows travel as one array per column, so that the SQL
/// is the same for any number of them and stays prepared.
/// </summary>
internal sealed class PostgresBatch(NpgsqlBatch batch, IReadOnlyList<Checkpoint> checkpoints)
{
    public const string Channel = "embedded_functions_durable";

    private const string Update = """
        UPDATE host.durable_instances i SET generation = u.next, status = u.status, custom_status = u.custom_status, output = u.output, failure = u.failure,
            due_at = u.due_at, updated_at = u.updated_at, completed_at = u.completed_at
        FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::bigint[])
            AS u (instance_id, generation, next, status, custom_status, output, failure, due_at, updated_at, completed_at)
        WHERE i.instance_id = u.instance_id AND i.generation = u.generation
        """;

    private const string Restart = """
        UPDATE host.durable_instances i SET input = u.input, version = u.version, start_at = NULL, parent_generation = u.parent_generation
        FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[]) AS u (instance_id, generation, input, version, parent_generation)
        WHERE i.instance_id = u.instance_id AND i.generation = u.generation
        """;

    /// <summary>Removes the history of earlier generations of instances that are now in the given one.</summary>
    private const string Forget = """
        DELETE FROM host.durable_history h USING unnest($1::text[], $2::bigint[]) AS u (instance_id, generation)
        WHERE h.instance_id = u.instance_id AND h.generation <> u.generation
            AND EXISTS (SELECT 1 FROM host.durable_instances i WHERE i.instance_id = u.instance_id AND i.generation = u.generation)
        """;

    private const string History = """
        INSERT INTO host.durable_history (instance_id, generation, checkpoint, events) SELECT * FROM unnest($1::text[], $2::bigint[], $3::integer[], $4::text[])
        """;

    private const string Consume = """
        DELETE FROM host.durable_inbox b USING unnest($1::integer[], $2::text[]) AS u (partition_id, message_id)
        WHERE b.partition_id = u.partition_id AND b.message_id = u.message_id
        """;

    private const string Send = """
        INSERT INTO host.durable_inbox (partition_id, message_id, instance_id, generation, event)
        SELECT m.* FROM unnest($1::integer[], $2::text[], $3::text[], $4::bigint[], $5::text[]) AS m (partition_id, message_id, instance_id, generation, event)
        WHERE EXISTS (SELECT 1 FROM host.durable_instances i WHERE i.instance_id = m.instance_id AND i.status <> ALL ($6::integer[]))
        """;

    private const string SendToEntities = """
        INSERT INTO host.durable_inbox (partition_id, message_id, instance_id, event)
        SELECT * FROM unnest($1::integer[], $2::text[], $3::text[], $4::text[])
        """;

    private const string Schedule = """
        INSERT INTO host.durable_signals (partition_id, message_id, instance_id, event, due_at)
        SELECT * FROM unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::bigint[])
        """;

    private const string SaveEntities = """
        INSERT INTO host.durable_entities (entity_id, partition_id, state, lock_owner, updated_at)
        SELECT * FROM unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::bigint[])
        ON CONFLICT (entity_id) DO UPDATE SET state = excluded.state, lock_owner = excluded.lock_owner, updated_at = excluded.updated_at
        """;

    private const string DropEntities = "DELETE FROM host.durable_entities WHERE entity_id = ANY ($1::text[])";

    private const string Refuse = """
        INSERT INTO host.durable_inbox (partition_id, message_id, instance_id, generation, event)
        SELECT m.partition_id, m.message_id, m.instance_id, m.generation, m.event
        FROM unnest($1::integer[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[])
            AS m (partition_id, message_id, instance_id, generation, event, child, child_generation)
        WHERE NOT EXISTS (SELECT 1 FROM host.durable_instances i WHERE i.instance_id = m.child AND i.generation = m.child_generation)
        """;

    private const string Create = """
        INSERT INTO host.durable_instances AS i (instance_id, partition_id, generation, name, version, status, input, parent_name, parent_id, parent_generation, parent_task,
            tags, created_at, start_at, updated_at, due_at)
        SELECT c.instance_id, c.partition_id, c.generation, c.name, c.version, 6, c.input, c.parent_name, c.parent_id, c.parent_generation, c.parent_task, c.tags, c.created_at,
            c.start_at, c.created_at, coalesce(c.start_at, 0)
        FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[], $10::integer[], $11::text[], $12::bigint[],
            $13::bigint[]) AS c (instance_id, partition_id, generation, name, version, input, parent_name, parent_id, parent_generation, parent_task, tags, created_at, start_at)
        ORDER BY c.instance_id
        ON CONFLICT (instance_id) DO UPDATE SET generation = excluded.generation, name = excluded.name, version = excluded.version, status = excluded.status,
            input = excluded.input, output = NULL, custom_status = NULL, failure = NULL, parent_name = excluded.parent_name, parent_id = excluded.parent_id,
            parent_generation = excluded.parent_generation, parent_task = excluded.parent_task, tags = excluded.tags, created_at = excluded.created_at,
            start_at = excluded.start_at, updated_at = excluded.updated_at, completed_at = NULL, due_at = excluded.due_at
        WHERE i.status = ANY ($14::integer[])
        RETURNING instance_id
        """;

    private const string Bear = """
        INSERT INTO host.durable_instances (instance_id, partition_id, generation, name, version, status, input, output, custom_status, failure, tags, created_at, updated_at,
            completed_at, due_at)
        SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::text[], $5::text[], $6::integer[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
            $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[])
        """;

    /// <summary>One entry per statement that returns rows, in their order: the instances whose creation it reports, if it does.</summary>
    private readonly List<List<NewInstance>?> _results = [];

    public async Task ExecuteAsync(Announcement announcement, CancellationToken ct)
    {
        AddFences();
        AddBirths();
        AddUpdates();
        AddHistory();
        AddEntities();
        AddConsumed();
        AddCreations([.. checkpoints.SelectMany(c => c.Creations)]);
        AddMessages();
        if (announcement.Partitions.Count + announcement.Instances.Count > 0)
            Select("SELECT pg_notify($1, $2)", Channel, PostgresAnnouncement.Write(announcement));

        await using var reader = await batch.ExecuteReaderAsync(ct);
        await ReadCreationsAsync(reader, ct);
    }

    private void AddFences()
    {
        var fences = checkpoints.Where(c => c.Fence is not null).Select(c => c.Fence!).Distinct().OrderBy(f => f.Id).ToList();
        if (fences.Count == 0)
            return;

        Select(PostgresFence.Hold, Column(fences, f => f.Id));
        Select(PostgresFence.Check, Column(fences, f => f.Id), Column(fences, f => f.Epoch));
    }

    /// <summary>Instances with the state in which their first turn leaves them.</summary>
    private void AddBirths()
    {
        var births = checkpoints.Where(c => c.Born is not null).Select(c => (Header: c.Update!.Restart ?? c.Born!.Header, State: c.Update)).ToList();
        if (births.Count == 0)
            return;

        Add(
            Bear,
            Column(births, b => b.Header.InstanceId), Column(births, b => b.Header.Partition), Column(births, b => b.Header.Generation), Column(births, b => b.Header.Name),
            Column(births, b => b.Header.Version), Column(births, b => (int)b.State.Status), Column(births, b => b.Header.Input), Column(births, b => b.State.Output),
            Column(births, b => b.State.CustomStatus), Column(births, b => HistoryJson.Write(b.State.Failure)), Column(births, b => HistoryJson.Write(b.Header.Tags)),
            Column(births, b => b.Header.CreatedAt.Ticks), Column(births, b => b.State.UpdatedAt.Ticks), Column(births, b => b.State.CompletedAt?.Ticks),
            Column(births, b => b.State.DueAt?.Ticks));
    }

    private void AddUpdates()
    {
        var states = checkpoints.Where(c => c is { Update: not null, Born: null }).Select(c => c.Update!).ToList();
        states.AddRange(checkpoints.SelectMany(c => c.Rewinds));
        if (states.Count == 0)
            return;

        Add(
            Update,
            Column(states, s => s.InstanceId), Column(states, s => s.Generation), Column(states, Next), Column(states, s => (int)s.Status), Column(states, s => s.CustomStatus),
            Column(states, s => s.Output), Column(states, s => HistoryJson.Write(s.Failure)), Column(states, s => s.DueAt?.Ticks), Column(states, s => s.UpdatedAt.Ticks),
            Column(states, s => s.CompletedAt?.Ticks));
        var restarts = states.Where(s => s.Restart is not null).Select(s => s.Restart!).ToList();
        if (restarts.Count > 0)
        {
            Add(Restart, Column(restarts, h => h.InstanceId), Column(restarts, h => h.Generation), Column(restarts, h => h.Input), Column(restarts, h => h.Version),
                Column(restarts, h => h.Parent?.Generation));
            Add(Forget, Column(restarts, h => h.InstanceId), Column(restarts, h => h.Generation));
        }
    }

    private void AddHistory()
    {
        var states = checkpoints.Where(c => c.Update is not null).Select(c => c.Update!).Concat(checkpoints.SelectMany(c => c.Rewinds)).ToList();
        if (states.Count > 0)
            Add(History, Column(states, s => s.InstanceId), Column(states, Next), Column(states, s => s.Number), Column(states, s => s.History));
    }

    private void AddEntities()
    {
        var kept = checkpoints.Where(c => c.Entity is { IsGone: false }).Select(c => c.Entity!).ToList();
        if (kept.Count > 0)
        {
            Add(
                SaveEntities, Column(kept, e => e.EntityId), Column(kept, e => e.Partition), Column(kept, e => e.State), Column(kept, e => HistoryJson.Write(e.Lock)),
                Column(kept, e => e.UpdatedAt.Ticks));
        }

        var gone = checkpoints.Where(c => c.Entity is { IsGone: true }).Select(c => c.Entity!.EntityId).ToArray();
        if (gone.Length > 0)
            Add(DropEntities, (object)gone); // an array of texts would pass for several parameters
    }

    private void AddConsumed()
    {
        var consumed = checkpoints.SelectMany(c => c.Consumed, (c, id) => (Partition: c.Fence!.Id, Id: id)).ToList();
        if (consumed.Count > 0)
            Add(Consume, Column(consumed, c => c.Partition), Column(consumed, c => c.Id));
    }

    private void AddCreations(List<NewInstance> creations)
    {
        // Almost always one group: replaceable when finished.
        foreach (var group in creations.GroupBy(c => string.Join(',', c.Replaceable)))
        {
            var all = group.ToList();
            var headers = all.ConvertAll(c => c.Header);
            _results.Add(all);
            Add(
                Create,
                Column(headers, h => h.InstanceId), Column(headers, h => h.Partition), Column(headers, h => h.Generation), Column(headers, h => h.Name),
                Column(headers, h => h.Version), Column(headers, h => h.Input), Column(headers, h => h.Parent?.Name), Column(headers, h => h.Parent?.InstanceId),
                Column(headers, h => h.Parent?.Generation), Column(headers, h => h.Parent?.TaskId), Column(headers, h => HistoryJson.Write(h.Tags)),
                Column(headers, h => h.CreatedAt.Ticks), Column(headers, h => h.StartAt?.Ticks), Numbers(all[0].Replaceable));
            Add(Forget, Column(headers, h => h.InstanceId), Column(headers, h => h.Generation));
            var children = all.Where(c => c.OnRefused is not null).ToList();
            if (children.Count > 0)
                Add(Refuse, [.. MessageColumns(children.ConvertAll(c => c.OnRefused!)), Column(children, c => c.Header.InstanceId), Column(children, c => c.Header.Generation)]);
        }
    }

    private void AddMessages()
    {
        var messages = new List<Message>();
        var toEntities = new List<Message>();
        var later = new List<Message>();
        foreach (var message in checkpoints.SelectMany(c => c.Messages))
            (message.DueAt is not null ? later : EntityIds.IsEntity(message.InstanceId) ? toEntities : messages).Add(message);
        if (messages.Count > 0)
            Add(Send, [.. MessageColumns(messages), Numbers(NewInstance.Finished)]);
        if (toEntities.Count > 0)
            Add(SendToEntities, SignalColumns(toEntities));
        if (later.Count > 0)
            Add(Schedule, [.. SignalColumns(later), Column(later, m => m.DueAt!.Value.Ticks)]);
    }

    private async Task ReadCreationsAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        foreach (var creations in _results)
        {
            if (creations is not null)
            {
                var created = new HashSet<string>(StringComparer.Ordinal);
                while (await reader.ReadAsync(ct))
                    created.Add(reader.GetString(0));
                creations.ForEach(c => c.Refused = !created.Contains(c.Header.InstanceId));
            }

            await reader.NextResultAsync(ct);
        }
    }

    private static long Next(InstanceUpdate state) => state.Restart?.Generation ?? state.Generation;

    private static int[] Numbers(IReadOnlyList<OrchestrationRuntimeStatus> statuses) => [.. statuses.Select(s => (int)s)];

    private static object[] MessageColumns(List<Message> messages) =>
    [
        Column(messages, m => m.Partition), Column(messages, m => m.Id), Column(messages, m => m.InstanceId), Column(messages, m => m.Generation),
        Column(messages, m => HistoryJson.Write(m.Event!)),
    ];

    private static object[] SignalColumns(List<Message> messages) =>
        [Column(messages, m => m.Partition), Column(messages, m => m.Id), Column(messages, m => m.InstanceId), Column(messages, m => HistoryJson.Write(m.Event!))];

    private static TColumn[] Column<T, TColumn>(List<T> rows, Func<T, TColumn> value)
    {
        var column = new TColumn[rows.Count];
        for (var i = 0; i < column.Length; i++)
            column[i] = value(rows[i]);
        return column;
    }

    private void Select(string sql, params object[] values)
    {
        _results.Add(null);
        Add(sql, values);
    }

    private void Add(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        batch.BatchCommands.Add(command);
    }
}
