namespace Platform.UserFunctions;

// How pools are kept and ended.
public sealed partial class WorkerPools
{
    /// <summary>The functions and revisions that have workers here.</summary>
    internal IReadOnlyList<(WorkerKey Key, ActiveFunction Function)> Current()
    {
        lock (_gate)
            return [.. _pools.Values.Where(pool => !pool.IsRetired).Select(pool => (pool.Key, pool.Function))];
    }

    /// <summary>Takes workers out of use: what runs ends by itself, or by force after a while.</summary>
    internal void Retire(WorkerKey key, TimeSpan? killAfter)
    {
        lock (_gate)
        {
            if (!_pools.TryGetValue(key, out var pool))
                return;
            pool.IsRetired = true;
            if (killAfter is { } time)
                pool.KillAt ??= clock.GetTimestamp() + (long)(time.TotalSeconds * clock.TimestampFrequency);
            foreach (var idle in pool.Idle.ToList())
            {
                pool.Idle.Remove(idle);
                Stop(idle);
            }

            Forget(pool);
        }
    }

    /// <summary>Ends workers that have been idle for long, and by force those that outstay their end; starts none.</summary>
    public void Reap()
    {
        lock (_gate)
        {
            foreach (var pool in _pools.Values.ToList())
            {
                var limit = TimeSpan.FromSeconds(pool.Function.IdleTimeoutSeconds);
                while (pool.Idle.Count > 0 && (!pool.Idle[0].Worker.IsUsable || (pool.Count > pool.Function.MinInstances && clock.GetElapsedTime(pool.Idle[0].IdleSince) > limit)))
                {
                    var oldest = pool.Idle[0];
                    pool.Idle.RemoveAt(0);
                    Stop(oldest);
                }

                if (pool.KillAt < clock.GetTimestamp())
                {
                    foreach (var busy in pool.Busy)
                        busy.Worker.Kill();
                }

                Forget(pool);
            }
        }
    }

    /// <summary>Starts workers until a function has as many as it wants to have at least.</summary>
    public async Task WarmAsync(ActiveFunction function)
    {
        var pool = Find(function.Key) ?? Add(function, await SpecAsync(function));
        while (true)
        {
            IDisposable? taken;
            lock (_gate)
                taken = (pool = Keep(pool)).Count < function.MinInstances ? TryBegin(pool) : null;
            if (taken is null)
                return;
            var started = await StartAsync(pool, taken, TimeSpan.Zero);
            if (started.Worker is not { } worker)
                return;
            worker.Served--; // nothing was served
            Release(worker);
        }
    }

    /// <summary>Ends all workers: those that are idle now, the others after a while. Nobody gets one any more.</summary>
    public async Task CloseAsync(TimeSpan patience)
    {
        List<WorkerKey> keys;
        lock (_gate)
        {
            _closed = true;
            keys = [.. _pools.Keys];
        }

        keys.ForEach(key => Retire(key, patience));
        List<Task> busy;
        lock (_gate)
            busy = [.. _pools.Values.SelectMany(pool => pool.Busy).Select(worker => worker.Worker.Ended)];
        await Task.WhenAll(busy).WaitAsync(patience, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            foreach (var worker in _pools.Values.SelectMany(pool => pool.Busy))
                worker.Worker.Kill();
        }
    }
}
