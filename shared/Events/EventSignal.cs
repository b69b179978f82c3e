namespace Platform.Events;

/// <summary>
/// Tells readers in this process how far the event store is numbered. Fed by the relay and, on PostgreSQL, by the listener that hears other nodes' relays.
/// </summary>
public sealed class EventSignal
{
    private readonly Lock _lock = new();
    private long _newest;
    private TaskCompletionSource _changed = NewSource();

    /// <summary>The newest sequence known here; 0 before the first.</summary>
    public long Newest => Interlocked.Read(ref _newest);

    public void Publish(long sequence)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            if (sequence <= _newest)
                return;
            _newest = sequence;
            changed = _changed;
            _changed = NewSource();
        }

        changed.SetResult();
    }

    /// <summary>Waits until something newer than <paramref name="sinceSequence"/> can be read and returns the newest sequence.</summary>
    public async Task<long> WaitAsync(long sinceSequence, CancellationToken ct)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_newest > sinceSequence)
                    return _newest;
                changed = _changed.Task;
            }

            await changed.WaitAsync(ct);
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
