using System.Collections.Concurrent;

namespace EmbeddedFunctions.Durable;

/// <summary>A scheduled activity whose checkpoint is committed.</summary>
internal sealed record ActivityWork(OwnedPartition Partition, ActivityKey Key, string Name, string? Input);

/// <summary>
/// Runs activities, a bounded number at a time. They run on the node that owns their instance's partition: their outcome then reaches the instance through memory and costs no
/// commit of its own, and partitions spread instances over the nodes. The price: the activities of one instance do not spread.
/// </summary>
internal sealed class ActivityDispatcher(OrchestrationServices services, int concurrency)
{
    private readonly ConcurrentQueue<ActivityWork> _queue = new();
    private int _workers;

    /// <summary>Nothing waits and nothing runs.</summary>
    public bool IsIdle => _queue.IsEmpty && Volatile.Read(ref _workers) == 0;

    public void Enqueue(ActivityWork work)
    {
        _queue.Enqueue(work);
        TryAddWorker();
    }

    private void TryAddWorker()
    {
        var now = Volatile.Read(ref _workers);
        while (now < concurrency)
        {
            var seen = Interlocked.CompareExchange(ref _workers, now + 1, now);
            if (seen == now)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static me => _ = me.WorkAsync(), this, preferLocal: false);
                return;
            }

            now = seen;
        }
    }

    private async Task WorkAsync()
    {
        while (_queue.TryDequeue(out var work))
        {
            if (await RunAsync(work) is { } outcome)
                work.Partition.Post(new Message(work.Key.InstanceId, work.Partition.Id) { Generation = work.Key.Generation, Event = outcome });
        }

        Interlocked.Decrement(ref _workers);
        if (!_queue.IsEmpty)
            TryAddWorker();
    }

    /// <summary>Null when the partition is lost: its new owner runs the activity again.</summary>
    private async Task<OutcomeEvent?> RunAsync(ActivityWork work)
    {
        var lost = work.Partition.Lost;
        if (lost.IsCancellationRequested)
            return null;

        var id = work.Key.TaskId;
        if (!services.Functions.HasActivity(work.Name))
            return new TaskFailed(id, Failure.Permanent("ActivityTaskNotFound", $"There is no activity '{work.Name}'."));

        try
        {
            var result = await services.Functions.RunActivityAsync(work.Name, work.Key.InstanceId, null, work.Input, lost);
            return new TaskCompleted(id, services.Converter.Serialize(result));
        }
        catch (Exception) when (lost.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e)
        {
            return new TaskFailed(id, Failure.From(e));
        }
    }
}
