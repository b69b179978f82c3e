namespace EmbeddedFunctions.Durable;

/// <summary>
/// The one thread at a time on which orchestrator code runs: the synchronization context of a turn. Whatever arrives from another thread comes from a task that is not the
/// context's; it is not run but reported. (No task scheduler: the runtime hides the current one behind every await, so that code could not rely on it.)
/// </summary>
internal sealed class OrchestrationPump(Action foreignThread) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _work = new();
    private volatile int _thread;

    public bool IsCurrent => _thread == Environment.CurrentManagedThreadId;

    /// <summary>Runs a turn with this context as the current one.</summary>
    public void Run(Action turn)
    {
        var previous = Current;
        _thread = Environment.CurrentManagedThreadId;
        SetSynchronizationContext(this);
        try
        {
            turn();
        }
        finally
        {
            _work.Clear();
            SetSynchronizationContext(previous);
            _thread = 0;
        }
    }

    public void Drain()
    {
        while (_work.TryDequeue(out var item))
            item.Callback(item.State);
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsCurrent)
            _work.Enqueue((d, state));
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
}
