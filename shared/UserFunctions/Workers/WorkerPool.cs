namespace Platform.UserFunctions;

/// <summary>The workers of one function, version and revision in this process. Guarded by the lock of <see cref="WorkerPools"/>.</summary>
internal sealed class WorkerPool(ActiveFunction function, WorkerSpec spec)
{
    public ActiveFunction Function { get; } = function;

    public WorkerKey Key { get; } = function.Key;

    public WorkerSpec Spec { get; } = spec;

    /// <summary>The most recently used last.</summary>
    public List<PooledWorker> Idle { get; } = [];

    public HashSet<PooledWorker> Busy { get; } = [];

    public int Starting { get; set; }

    /// <summary>First come, first served.</summary>
    public LinkedList<Waiter> Waiting { get; } = [];

    /// <summary>No longer current: what runs ends, and nothing stays.</summary>
    public bool IsRetired { get; set; }

    /// <summary>When what still runs is ended.</summary>
    public long? KillAt { get; set; }

    /// <summary>Most invocations at once so far.</summary>
    public int Peak { get; set; }

    public int Count => Idle.Count + Busy.Count + Starting;

    /// <summary>Somebody who waits for a worker.</summary>
    internal sealed class Waiter
    {
        /// <summary>A worker, or null: room for one that he has to start himself.</summary>
        public TaskCompletionSource<PooledWorker?> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The room that goes with a null.</summary>
        public IDisposable? Room { get; set; }
    }
}

/// <summary>A worker and what its pool notes of it.</summary>
internal sealed class PooledWorker(WorkerPool pool, IFunctionWorker worker, IDisposable room)
{
    public WorkerPool Pool => pool;

    public IFunctionWorker Worker => worker;

    public IDisposable Room => room;

    public int Served { get; set; }

    public long IdleSince { get; set; }
}

/// <summary>How asking for a worker ended: with one, with a failure, or with neither when too many wait.</summary>
internal sealed record Acquired(PooledWorker? Worker, WorkerFailure? Failure, bool IsCold, TimeSpan Queued);
