namespace EmbeddedFunctions.Durable;

/// <summary>Wakes one waiting loop. Signals that come while it works make it run once more.</summary>
internal sealed class AsyncSignal
{
    private TaskCompletionSource next = New();

    public void Set() => Volatile.Read(ref next).TrySetResult();

    /// <summary>Returns after a signal or after the time.</summary>
    public async Task WaitAsync(TimeSpan timeout, CancellationToken ct)
    {
        await Task.WhenAny(Volatile.Read(ref next).Task, Task.Delay(timeout, ct));
        ct.ThrowIfCancellationRequested();
        Volatile.Write(ref next, New());
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
