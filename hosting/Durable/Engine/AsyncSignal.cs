namespace EmbeddedFunctions.Durable;

/// <summary>Wakes one waiting loop. Signals that come while it works make it run once more.</summary>
internal sealed class AsyncSignal(TimeProvider clock)
{
    private TaskCompletionSource _next = New();

    public void Set() => Volatile.Read(ref _next).TrySetResult();

    /// <summary>Returns after a signal or after the time.</summary>
    public async Task WaitAsync(TimeSpan timeout, CancellationToken ct)
    {
        await Task.WhenAny(Volatile.Read(ref _next).Task, Task.Delay(timeout, clock, ct));
        ct.ThrowIfCancellationRequested();
        Volatile.Write(ref _next, New());
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
