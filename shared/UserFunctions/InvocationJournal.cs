using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Data;
using Platform.Events;
using Platform.Identity;
using Platform.Metrics;

namespace Platform.UserFunctions;

/// <summary>
/// Stores invocations with their events and metrics, many at once: an answer does not wait for it, and whoever reads waits for what was recorded before him. When the database does
/// not keep up, invocations wait. What a killed process had not stored yet, a tenth of a second's invocations, is lost.
/// </summary>
public sealed class InvocationJournal(IServiceScopeFactory scopes, DatabaseReady ready, ForwardedEvents forwarded, TimeProvider clock, ILogger<InvocationJournal> log) : BackgroundService
{
    private const int MostWaiting = 2000;
    private const int Batch = 500;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(1);

    private readonly BulkInsert<FunctionInvocation> _records = new();
    private readonly Channel<object> _queue = Channel.CreateBounded<object>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    public async ValueTask AddAsync(FunctionInvocation record, string functionName, string? correlationId)
    {
        try
        {
            await _queue.Writer.WriteAsync(new Entry(record, functionName, correlationId));
        }
        catch (ChannelClosedException)
        {
            log.LogWarning("Invocation {InvocationId} ended after the host had stopped recording", record.Id);
        }
    }

    /// <summary>Waits until what was added before is stored.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        var mark = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_queue.Writer.TryWrite(mark) && (!await _queue.Writer.WaitToWriteAsync(ct) || !_queue.Writer.TryWrite(mark)))
            return;
        await mark.Task.WaitAsync(LongestRead, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        await (ExecuteTask ?? Task.CompletedTask).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ready.WaitAsync(stoppingToken);
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None)) // ends when it is complete and empty
        {
            List<Entry> entries = [];
            List<TaskCompletionSource> marks = [];
            while (entries.Count < Batch && _queue.Reader.TryRead(out var item))
            {
                if (item is Entry entry)
                    entries.Add(entry);
                else
                    marks.Add((TaskCompletionSource)item);
            }

            foreach (var tenant in entries.GroupBy(entry => entry.Record.OrganizationId))
                await StoreAsync(tenant.Key, [.. tenant], stoppingToken);
            marks.ForEach(mark => mark.TrySetResult());
            if (marks.Count == 0 && entries.Count < Batch)
                await Task.Delay(Between, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StoreAsync(Guid organizationId, IReadOnlyList<Entry> entries, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var scope = scopes.CreateScopeFor(Caller.System(organizationId));
                var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
                var metrics = scope.ServiceProvider.GetRequiredService<RecordMetrics>();
                var tellsSuccess = await forwarded.ConcernAsync(organizationId, FunctionInvoked.TypeName, CancellationToken.None);
                await db.InTransactionAsync(() => StoreAsync(db, metrics, entries, tellsSuccess), CancellationToken.None);
                return;
            }
            catch (DbUpdateException fault) when (attempt > 1)
            {
                log.LogWarning(fault, "{Count} invocations could not be recorded: their project is gone", entries.Count);
                return;
            }
            catch (Exception fault)
            {
                log.LogError(fault, "Invocations could not be recorded; attempt {Attempt}", attempt);
                await Task.Delay(AfterFault, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (ct.IsCancellationRequested && attempt > 2)
                    return;
            }
        }
    }

    private async Task<int> StoreAsync(PlatformDbContext db, RecordMetrics metrics, IReadOnlyList<Entry> entries, bool tellsSuccess)
    {
        await _records.InsertAsync(db, [.. entries.Select(entry => entry.Record)], CancellationToken.None);
        foreach (var entry in entries.Where(entry => IsTold(entry.Record, tellsSuccess)))
            db.Raise(InvocationFacts.EventOf(entry.Record, entry.FunctionName, entry.CorrelationId));
        await db.SaveChangesAsync();
        foreach (var function in entries.Where(entry => entry.Record.Trigger == InvocationTrigger.Invoke).GroupBy(entry => entry.Record.FunctionId))
        {
            var last = function.Max(entry => entry.Record.FinishedAt);
            await db.UserFunctions.Where(row => row.Id == function.Key && (row.LastInvokedAt == null || row.LastInvokedAt < last))
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.LastInvokedAt, last));
            await metrics.RecordAsync(function.First().Record.ProjectId, [.. InvocationFacts.PointsOf(function.Select(entry => entry.Record), function.Last().FunctionName)], _ => null, CancellationToken.None);
        }

        return entries.Count;
    }

    // Of invocations that went well an event tells only where somebody waits for it: their records say the same.
    private static bool IsTold(FunctionInvocation record, bool tellsSuccess) =>
        record.Trigger == InvocationTrigger.Invoke && record.Status != InvocationStatus.Throttled && (tellsSuccess || record.Status != InvocationStatus.Success);

    private sealed record Entry(FunctionInvocation Record, string FunctionName, string? CorrelationId);
}
