namespace EmbeddedFunctions.Durable;

/// <summary>Wakes the sweep, which waits in a loop. Signals that come while it works make it run once more.</summary>
internal sealed class SweepSignal(TimeProvider clock)
{
    private TaskCompletionSource _now = New();
    private TaskCompletionSource _work = New();

    /// <summary>Something may be in the store that nobody here knows of.</summary>
    public void Set()
    {
        Volatile.Read(ref _now).TrySetResult();
        Worked();
    }

    /// <summary>The store has changed through this node.</summary>
    public void Worked() => Volatile.Read(ref _work).TrySetResult();

    /// <summary>Returns after <see cref="Set"/> or after the time.</summary>
    public async Task WaitAsync(TimeSpan timeout, CancellationToken ct)
    {
        await Volatile.Read(ref _now).Task.WaitAsync(timeout, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
        Volatile.Write(ref _now, New());
    }

    /// <summary>Returns when there has been a signal of either kind since the last call.</summary>
    public async Task WaitForWorkAsync(CancellationToken ct)
    {
        await Volatile.Read(ref _work).Task.WaitAsync(ct);
        Volatile.Write(ref _work, New());
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
