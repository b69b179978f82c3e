using Microsoft.EntityFrameworkCore;
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
    private readonly SemaphoreSlim _one = new(1);

    public async Task RunAsync(PlatformDbContext db, DurableTaskClient client, CancellationToken ct)
    {
        if (!settings.IsSqlite)
        {
            while (await RunPostgresBatchAsync(db, client, ct) == Batch)
            {
            }

            return;
        }

        await _one.WaitAsync(ct);
        try
        {
            while (await RunSqliteBatchAsync(db, client, ct) == Batch)
            {
            }
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<int> RunPostgresBatchAsync(PlatformDbContext db, DurableTaskClient client, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var now = clock.GetUtcNow();
        var messages = await db.Set<WorkflowMessage>()
            .FromSqlInterpolated($"SELECT * FROM workflow_outbox WHERE due_at <= {UtcMillisecondsConverter.Truncate(now)} ORDER BY row_id LIMIT {Batch} FOR UPDATE SKIP LOCKED")
            .AsNoTracking().ToListAsync(ct);
        if (messages.Count > 0)
            await FinishAsync(db, await DispatchAsync(messages, client, ct), ct);
        await transaction.CommitAsync(ct);
        return messages.Count;
    }

    // No transaction while the engine works: the one writer of SQLite would wait for it.
    private async Task<int> RunSqliteBatchAsync(PlatformDbContext db, DurableTaskClient client, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var messages = await db.Set<WorkflowMessage>().AsNoTracking().Where(m => m.DueAt <= now).OrderBy(m => m.RowId).Take(Batch).ToListAsync(ct);
        if (messages.Count == 0)
            return 0;
        var outcomes = await DispatchAsync(messages, client, ct);
        using (await writes.EnterAsync(ct))
            await FinishAsync(db, outcomes, ct);
        return messages.Count;
    }

    private async Task<List<(WorkflowMessage Message, string? Failure)>> DispatchAsync(List<WorkflowMessage> messages, DurableTaskClient client, CancellationToken ct)
    {
        var instances = messages.GroupBy(m => m.InstanceId, StringComparer.Ordinal).Select(group => DispatchInstanceAsync(group, client, ct));
        return [.. (await Task.WhenAll(instances)).SelectMany(outcomes => outcomes)];
    }

    // What follows a failed message of the same instance waits with it.
    private async Task<List<(WorkflowMessage Message, string? Failure)>> DispatchInstanceAsync(IEnumerable<WorkflowMessage> messages, DurableTaskClient client, CancellationToken ct)
    {
        List<(WorkflowMessage, string?)> outcomes = [];
        string? failure = null;
        foreach (var message in messages)
        {
            failure ??= await dispatch.TryAsync(message, client, ct);
            outcomes.Add((message, failure));
        }

        return outcomes;
    }

    private async Task FinishAsync(PlatformDbContext db, List<(WorkflowMessage Message, string? Failure)> outcomes, CancellationToken ct)
    {
        var done = outcomes.Where(o => o.Failure is null).Select(o => o.Message.RowId).ToArray();
        if (done.Length > 0)
            await db.Set<WorkflowMessage>().Where(m => done.Contains(m.RowId)).ExecuteDeleteAsync(ct);

        foreach (var (message, failure) in outcomes.Where(o => o.Failure is not null))
        {
            log.LogDebug("{Instance} did not take its message: {Reason}", message.InstanceId, failure);
            var due = clock.GetUtcNow() + WorkflowDispatch.PauseAfter(message.Attempts);
            await db.Set<WorkflowMessage>().Where(m => m.RowId == message.RowId).ExecuteUpdateAsync(
                set => set.SetProperty(m => m.DueAt, due).SetProperty(m => m.Attempts, m => m.Attempts + 1).SetProperty(m => m.LastError, failure), ct);
        }
    }
}
