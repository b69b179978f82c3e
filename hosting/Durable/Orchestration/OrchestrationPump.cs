namespace EmbeddedFunctions.Durable;

/// <summary>
/// The one thread at a time on which orchestrator code runs: synchronization context and task scheduler of a turn. Whatever arrives from another thread comes from a task that
/// is not the context's; it is not run but reported.
/// </summary>
internal sealed class OrchestrationPump : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> work = new();
    private readonly PumpScheduler scheduler;
    private readonly Action foreignThread;
    private volatile int thread;

    public OrchestrationPump(Action foreignThread)
    {
        this.foreignThread = foreignThread;
        scheduler = new PumpScheduler(this);
    }

    public bool IsCurrent => thread == Environment.CurrentManagedThreadId;

    /// <summary>Runs a turn with this context and scheduler as the current ones.</summary>
    public void Run(Action turn)
    {
        var previous = Current;
        thread = Environment.CurrentManagedThreadId;
        SetSynchronizationContext(this);
        try
        {
            var task = new Task(turn);
            task.RunSynchronously(scheduler);
            task.GetAwaiter().GetResult();
        }
        finally
        {
            work.Clear();
            SetSynchronizationContext(previous);
            thread = 0;
        }
    }

    public void Drain()
    {
        while (work.TryDequeue(out var item))
            item.Callback(item.State);
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsCurrent)
            work.Enqueue((d, state));
        else
            foreignThread();
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (IsCurrent)
            d(state);
        else
            foreignThread();
    }

    public override SynchronizationContext CreateCopy() => this;

    private sealed class PumpScheduler(OrchestrationPump pump) : TaskScheduler
    {
        public override int MaximumConcurrencyLevel => 1;

        protected override void QueueTask(Task task) => pump.Post(_ => TryExecuteTask(task), null);

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => !taskWasPreviouslyQueued && pump.IsCurrent && TryExecuteTask(task);

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }
}
