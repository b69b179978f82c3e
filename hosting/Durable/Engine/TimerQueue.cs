namespace EmbeddedFunctions.Durable;

/// <summary>Wakes instances at their next timer. Timers are durable through the instances' rows; this is only the node's alarm clock, of any length.</summary>
internal sealed class TimerQueue : IDisposable
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(20);

    private readonly PriorityQueue<(OwnedPartition Partition, string InstanceId), DateTime> queue = new();
    private readonly Lock gate = new();
    private readonly TimeProvider clock;
    private readonly ITimer timer;
    private DateTime alarm = DateTime.MaxValue;

    public TimerQueue(TimeProvider clock)
    {
        this.clock = clock;
        timer = clock.CreateTimer(static me => ((TimerQueue)me!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(OwnedPartition partition, string instanceId, DateTime due)
    {
        lock (gate)
        {
            queue.Enqueue((partition, instanceId), due);
            if (due < alarm)
                SetAlarm(due);
        }
    }

    public void Dispose() => timer.Dispose();

    private void Ring()
    {
        var due = new List<(OwnedPartition Partition, string InstanceId)>();
        lock (gate)
        {
            var now = clock.GetUtcNow().UtcDateTime;
            while (queue.TryPeek(out var next, out var at) && (at <= now || next.Partition.Lost.IsCancellationRequested))
                due.Add(queue.Dequeue());
            SetAlarm(queue.TryPeek(out _, out var earliest) ? earliest : DateTime.MaxValue);
        }

        foreach (var (partition, instanceId) in due)
            partition.Post(new Message(instanceId, partition.Id));
    }

    private void SetAlarm(DateTime due)
    {
        alarm = due;
        // Timers count in milliseconds; one that rings a fraction early would only ring again.
        var wait = TimeSpan.FromMilliseconds(Math.Ceiling((due - clock.GetUtcNow().UtcDateTime).TotalMilliseconds));
        timer.Change(wait > LongestSleep ? LongestSleep : wait < TimeSpan.Zero ? TimeSpan.Zero : wait, Timeout.InfiniteTimeSpan);
    }
}
