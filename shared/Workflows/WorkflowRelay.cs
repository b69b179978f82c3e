using System.Data.Common;
using System.Text.Json;

using Microsoft.Extensions.Logging;

using Platform.Data;

namespace Platform.Workflows;

/// <summary>
/// Hands committed starts and signals to the durable engine, at least once. Messages of one instance go in their order, those of different instances at once.
/// On PostgreSQL nodes share the work by row locks; on SQLite there is one node and one relay at a time.
/// </summary>
public sealed class WorkflowRelay(DatabaseSettings settings, WriteGate writes, WorkflowDispatch dispatch, TimeProvider clock, ILogger<WorkflowRelay> log) : IDisposable
{
    private const int Batch = 200;

    private const string Read = "SELECT row_id, instance_id, name, event_name, payload, created_at, attempts FROM workflow_outbox WHERE due_at <= @now ORDER BY row_id LIMIT 200";

    private readonly SemaphoreSlim _one = new(1);

    public async Task RunAsync(DurableTaskClient client, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            await using var connection = await settings.OpenForRelayAsync(ct);
            while (await (settings.IsSqlite ? RunBatchAsync(connection, null, client, ct) : RunLockedBatchAsync(connection, client, ct)) == Batch)
            {
            }
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<int> RunLockedBatchAsync(DbConnection connection, DurableTaskClient client, CancellationToken ct)
    {
        if (!await AnyAsync(connection, ct))
            return 0; // mostly; it spares a transaction

        await using var transaction = await connection.BeginTransactionAsync(ct);
        var count = await RunBatchAsync(connection, transaction, client, ct);
        await transaction.CommitAsync(ct);
        return count;
    }

    private async Task<bool> AnyAsync(DbConnection connection, CancellationToken ct)
    {
        await using var command = connection.Command("SELECT EXISTS (SELECT 1 FROM workflow_outbox WHERE due_at <= @now)", transaction: null, ("now", settings.Instant(clock.GetUtcNow())));
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    // On SQLite there is no transaction while the engine works: the one writer would wait for it.
    private async Task<int> RunBatchAsync(DbConnection connection, DbTransaction? transaction, DurableTaskClient client, CancellationToken ct)
    {
        var messages = await ReadAsync(connection, transaction, ct);
        if (messages.Count == 0)
            return 0;
        var instances = messages.GroupBy(m => m.InstanceId, StringComparer.Ordinal).Select(group => DispatchInstanceAsync(group, client, ct));
        var outcomes = (await Task.WhenAll(instances)).SelectMany(o => o).ToLookup(o => o.Failure is null);
        if (transaction is not null)
            await SettleAsync(connection, transaction, outcomes, ct);
        else
            await SettleOnSqliteAsync(connection, outcomes, ct);
        return messages.Count;
    }

    private async Task SettleOnSqliteAsync(DbConnection connection, ILookup<bool, (Outgoing Message, string? Failure)> outcomes, CancellationToken ct)
    {
        using var turn = await writes.EnterAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await SettleAsync(connection, transaction, outcomes, ct);
        await transaction.CommitAsync(ct);
    }

    private async Task SettleAsync(DbConnection connection, DbTransaction transaction, ILookup<bool, (Outgoing Message, string? Failure)> outcomes, CancellationToken ct)
    {
        await DeleteAsync(connection, transaction, [.. outcomes[true].Select(o => o.Message.RowId)], ct);
        foreach (var (message, failure) in outcomes[false])
            await PostponeAsync(connection, transaction, message, failure!, ct);
    }

    private async Task<List<Outgoing>> ReadAsync(DbConnection connection, DbTransaction? transaction, CancellationToken ct)
    {
        List<Outgoing> messages = [];
        await using var command = connection.Command(settings.IsSqlite ? Read : Read + " FOR UPDATE SKIP LOCKED", transaction, ("now", settings.Instant(clock.GetUtcNow())));
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            var created = settings.IsSqlite ? UnixMicrosecondsConverter.FromMicroseconds(row.GetInt64(5)) : row.GetFieldValue<DateTimeOffset>(5);
            messages.Add(new Outgoing(row.GetInt64(0), row.GetString(1), row.NullableString(2), row.NullableString(3), row.NullableString(4), created, row.GetInt32(6)));
        }

        return messages;
    }

    // What follows a failed message of the same instance waits with it.
    private async Task<List<(Outgoing Message, string? Failure)>> DispatchInstanceAsync(IEnumerable<Outgoing> messages, DurableTaskClient client, CancellationToken ct)
    {
        List<(Outgoing, string?)> outcomes = [];
        string? failure = null;
        foreach (var message in messages)
        {
            failure ??= await dispatch.TryAsync(message, client, ct);
            outcomes.Add((message, failure));
        }

        return outcomes;
    }

    private async Task DeleteAsync(DbConnection connection, DbTransaction transaction, long[] rows, CancellationToken ct)
    {
        if (rows.Length == 0)
            return;
        if (settings.IsSqlite)
            await connection.ExecuteAsync("DELETE FROM workflow_outbox WHERE row_id IN (SELECT value FROM json_each(@rows))", transaction, ct, ("rows", JsonSerializer.Serialize(rows)));
        else
            await connection.ExecuteAsync("DELETE FROM workflow_outbox WHERE row_id = ANY(@rows)", transaction, ct, ("rows", rows));
    }

    private async Task PostponeAsync(DbConnection connection, DbTransaction transaction, Outgoing message, string failure, CancellationToken ct)
    {
        log.LogDebug("{Instance} did not take its message: {Reason}", message.InstanceId, failure);
        var due = settings.Instant(clock.GetUtcNow() + WorkflowDispatch.PauseAfter(message.Attempts));
        await connection.ExecuteAsync(
            "UPDATE workflow_outbox SET due_at = @due, attempts = attempts + 1, last_error = @failure WHERE row_id = @id",
            transaction,
            ct,
            ("due", due),
            ("failure", failure),
            ("id", message.RowId));
    }
}
