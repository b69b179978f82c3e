using Microsoft.Extensions.Options;

namespace Platform.UserFunctions;

/// <summary>
/// The warm workers of this process (delivery §3.3). Whoever asks gets the worker that was used last, else a new one as far as the function may have more, else his turn.
/// When there is no room on the host, the worker that has been idle longest makes some.
/// </summary>
public sealed partial class WorkerPools(WorkerStarter starter, WorkerRoom room, FunctionRuntimes runtimes, IOptions<FunctionOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Dictionary<WorkerKey, WorkerPool> _pools = [];
    private bool _closed;

    internal async Task<Acquired> AcquireAsync(ActiveFunction function)
    {
        var began = clock.GetTimestamp();
        var pool = Find(function.Key) ?? Add(function, await SpecAsync(function));
        WorkerPool.Waiter? waiter = null;
        IDisposable? taken = null;
        lock (_gate)
        {
            pool = Keep(pool);
            if (TakeIdle(pool) is { } idle)
                return new Acquired(idle, null, IsCold: !pool.Spec.Runtime.Rules.StaysWarm, TimeSpan.Zero);
            taken = pool.Waiting.Count == 0 ? TryBegin(pool) : null;
            if (taken is null && (_closed || pool.Waiting.Count >= options.Value.MaxQueued))
                return new Acquired(null, null, IsCold: false, TimeSpan.Zero);
            if (taken is null)
                pool.Waiting.AddLast(waiter = new WorkerPool.Waiter());
        }

        if (waiter is not null)
        {
            var (worker, granted) = await WaitAsync(pool, waiter, began);
            if (worker is not null || granted is null)
                return new Acquired(worker, null, IsCold: false, clock.GetElapsedTime(began));
            taken = granted;
        }

        return await StartAsync(pool, taken!, clock.GetElapsedTime(began));
    }

    /// <summary>Gives a worker back after an invocation.</summary>
    internal void Release(PooledWorker worker)
    {
        var pool = worker.Pool;
        lock (_gate)
        {
            pool.Busy.Remove(worker);
            worker.Served++;
            if (worker.Worker.IsUsable && worker.Served < options.Value.InvocationsPerWorker && !pool.IsRetired && !_closed)
            {
                if (pool.Waiting.First is { } next)
                    Hand(pool, next, worker);
                else
                    PutIdle(pool, worker);
                return;
            }

            Stop(worker);
            if (pool.Waiting.First is { } first && TryBegin(pool) is { } taken)
                Grant(pool, first, taken);
            Forget(pool);
        }
    }

    /// <summary>What a function has in this process: workers that wait, that run and that start; the most that ran at once.</summary>
    public (int Warm, int Busy, int Starting, int Peak) CountOf(Guid functionId)
    {
        lock (_gate)
        {
            var own = _pools.Values.Where(pool => pool.Key.FunctionId == functionId).ToList();
            return (own.Sum(pool => pool.Idle.Count), own.Sum(pool => pool.Busy.Count), own.Sum(pool => pool.Starting), own.Count == 0 ? 0 : own.Max(pool => pool.Peak));
        }
    }

    /// <summary>Room for a worker outside the pools, made if need be; null when there is none for as long as anybody waits.</summary>
    public async Task<IDisposable?> TakeRoomAsync(int memoryMb)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            lock (_gate)
            {
                if (TakeRoom(memoryMb) is { } taken)
                    return taken;
            }

            if (clock.GetElapsedTime(began) > TimeSpan.FromSeconds(options.Value.QueueSeconds))
                return null;
            await Task.Delay(Retry, clock);
        }
    }

    private WorkerPool? Find(WorkerKey key)
    {
        lock (_gate)
            return _pools.GetValueOrDefault(key);
    }

    private WorkerPool Add(ActiveFunction function, WorkerSpec spec)
    {
        lock (_gate)
            return Keep(new WorkerPool(function, spec));
    }

    // A pool that has emptied meanwhile may have been forgotten.
    private WorkerPool Keep(WorkerPool pool)
    {
        if (pool.IsRetired || _pools.TryAdd(pool.Key, pool))
            return pool;
        return _pools[pool.Key];
    }

    private async Task<WorkerSpec> SpecAsync(ActiveFunction function)
    {
        var version = function.Version!;
        var runtime = await runtimes.FindAsync(version.Runtime, CancellationToken.None);
        return WorkerSpec.Of(function, version, runtime.IsOk ? runtime.Value : throw new RuntimeMissingException());
    }

    private async Task<Acquired> StartAsync(WorkerPool pool, IDisposable taken, TimeSpan queued)
    {
        IFunctionWorker? worker = null;
        WorkerFailure? failure = null;
        try
        {
            (worker, failure) = await starter.StartAsync(pool.Spec);
        }
        finally
        {
            if (worker is null)
                GiveUp(pool, taken);
        }

        if (worker is null)
            return new Acquired(null, failure, IsCold: true, queued);
        lock (_gate)
        {
            pool.Starting--;
            var pooled = new PooledWorker(pool, worker, taken);
            Run(pool, pooled);
            _ = WatchAsync(pooled);
            return new Acquired(pooled, null, IsCold: true, queued);
        }
    }

    // There is no worker after all; the next in the line may try.
    private void GiveUp(WorkerPool pool, IDisposable taken)
    {
        taken.Dispose();
        lock (_gate)
        {
            pool.Starting--;
            if (pool.Waiting.First is { } next && TryBegin(pool) is { } granted)
                Grant(pool, next, granted);
            Forget(pool);
        }
    }

    private async Task<(PooledWorker? Worker, IDisposable? Granted)> WaitAsync(WorkerPool pool, WorkerPool.Waiter waiter, long began)
    {
        while (true)
        {
            await ((Task)waiter.Turn.Task).WaitAsync(Retry, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (_gate)
            {
                if (waiter.Turn.Task.IsCompleted)
                    break;
                if (pool.Waiting.First?.Value == waiter && TryBegin(pool) is { } taken)
                {
                    pool.Waiting.RemoveFirst();
                    return (null, taken);
                }

                if (!_closed && clock.GetElapsedTime(began) < TimeSpan.FromSeconds(options.Value.QueueSeconds))
                    continue;
                pool.Waiting.Remove(waiter);
                return (null, null);
            }
        }

        return await waiter.Turn.Task is { } worker ? (worker, null) : (null, waiter.Room);
    }

    private PooledWorker? TakeIdle(WorkerPool pool)
    {
        while (pool.Idle.Count > 0)
        {
            var last = pool.Idle[^1];
            pool.Idle.RemoveAt(pool.Idle.Count - 1);
            if (last.Worker.IsUsable)
            {
                Run(pool, last);
                return last;
            }

            Stop(last);
        }

        return null;
    }

    // Room for one more worker of the pool, which then counts as starting.
    private IDisposable? TryBegin(WorkerPool pool)
    {
        if (_closed || pool.Count >= pool.Function.MaxConcurrency || TakeRoom(pool.Function.MemoryMb) is not { } taken)
            return null;
        pool.Starting++;
        return taken;
    }

    private IDisposable? TakeRoom(int memoryMb)
    {
        if (room.TryTake(memoryMb) is { } taken)
            return taken;
        var oldest = _pools.Values.SelectMany(pool => pool.Idle).MinBy(worker => worker.IdleSince);
        if (oldest is null)
            return null;
        oldest.Pool.Idle.Remove(oldest);
        Stop(oldest); // its room is free once nothing of it is left, which is when the next look is
        return null;
    }

    private static void Hand(WorkerPool pool, LinkedListNode<WorkerPool.Waiter> next, PooledWorker worker)
    {
        pool.Waiting.Remove(next);
        Run(pool, worker);
        next.Value.Turn.SetResult(worker);
    }

    private static void Grant(WorkerPool pool, LinkedListNode<WorkerPool.Waiter> next, IDisposable taken)
    {
        pool.Waiting.Remove(next);
        next.Value.Room = taken;
        next.Value.Turn.SetResult(null);
    }

    private static void Run(WorkerPool pool, PooledWorker worker)
    {
        pool.Busy.Add(worker);
        pool.Peak = Math.Max(pool.Peak, pool.Busy.Count);
    }

    private void PutIdle(WorkerPool pool, PooledWorker worker)
    {
        worker.IdleSince = clock.GetTimestamp();
        pool.Idle.Add(worker);
    }

    private static void Stop(PooledWorker worker) => worker.Worker.Kill();

    private void Forget(WorkerPool pool)
    {
        if (pool.Count == 0 && pool.Waiting.Count == 0 && (pool.IsRetired || pool.Function.MinInstances == 0) && _pools.GetValueOrDefault(pool.Key) == pool)
            _pools.Remove(pool.Key);
    }

    private async Task WatchAsync(PooledWorker worker)
    {
        await worker.Worker.Ended;
        worker.Room.Dispose();
        lock (_gate)
            worker.Pool.Idle.Remove(worker);
    }
}

/// <summary>The runtime of a version is no longer installed on this host.</summary>
internal sealed class RuntimeMissingException() : Exception("The runtime of this version is not installed on this host");
