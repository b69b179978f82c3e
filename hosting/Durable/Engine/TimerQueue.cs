namespace EmbeddedFunctions.Durable;

/// <summary>Wakes instances at their next timer, and the sweep when a signal is due. Timers are durable through the instances' rows; this is only the node's alarm clock, of any length.</summary>
internal sealed class TimerQueue : IDisposable
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(20);
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(1);

    private readonly PriorityQueue<(OwnedPartition Partition, string? InstanceId), DateTime> _queue = new();
    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly SweepSignal _sweepNeeded;
    private readonly ITimer _timer;
    private DateTime _alarm = DateTime.MaxValue;

    public TimerQueue(TimeProvider clock, SweepSignal sweepNeeded)
    {
        _clock = clock;
        _sweepNeeded = sweepNeeded;
        _timer = _clock.CreateTimer(static me => ((TimerQueue)me!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>When the next timer is due; it may be one that nobody wants any more.</summary>
    public DateTime? Next
    {
        get
        {
            lock (_gate)
                return _queue.TryPeek(out _, out var due) ? due : null;
        }
    }

    /// <param name="partition">Whose owner is to be woken; a partition that is lost is forgotten.</param>
    /// <param name="instanceId">Null for a signal, which is in the store.</param>
    /// <param name="due">UTC.</param>
    public void Add(OwnedPartition partition, string? instanceId, DateTime due)
    {
        lock (_gate)
        {
            _queue.Enqueue((partition, instanceId), due);
            if (due < _alarm)
                SetAlarm(due);
        }
    }

    /// <summary>To be called now and then: the alarm does not notice that the machine's clock was set forward. Set back, it finds nothing due and is set anew by itself.</summary>
    public void RingIfLate()
    {
        lock (_gate)
        {
            if (_queue.Count == 0 || _clock.GetUtcNow().UtcDateTime < _alarm + Late)
                return;
        }

        Ring();
    }

    public void Dispose() => _timer.Dispose();

    private void Ring()
    {
        var due = new List<(OwnedPartition Partition, string? InstanceId)>();
        lock (_gate)
        {
            var now = _clock.GetUtcNow().UtcDateTime;
            while (_queue.TryPeek(out var next, out var at) && (at <= now || next.Partition.Lost.IsCancellationRequested))
                due.Add(_queue.Dequeue());
            SetAlarm(_queue.TryPeek(out _, out var earliest) ? earliest : DateTime.MaxValue);
        }

        foreach (var (partition, instanceId) in due)
        {
            if (instanceId is null)
                _sweepNeeded.Set();
            else
                partition.Post(new Message(instanceId, partition.Id));
        }
    }

    private void SetAlarm(DateTime due)
    {
        _alarm = due;
        // Timers count in milliseconds; one that rings a fraction early would only ring again.
        var wait = TimeSpan.FromMilliseconds(Math.Ceiling((due - _clock.GetUtcNow().UtcDateTime).TotalMilliseconds));
        _timer.Change(wait > LongestSleep ? LongestSleep : wait < TimeSpan.Zero ? TimeSpan.Zero : wait, Timeout.InfiniteTimeSpan);
    }
}
