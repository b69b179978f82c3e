namespace Platform;

/// <summary>Lets a background loop sleep until there is something to do for it, instead of looking now and then: an idle platform costs next to nothing. One loop waits; setting is cheap.</summary>
public sealed class WorkSignal
{
    private TaskCompletionSource _next = New();

    public void Set() => Volatile.Read(ref _next).TrySetResult();

    /// <summary>Waits for a signal and takes it; one that came while nobody waited counts.</summary>
    public async Task WaitAsync(CancellationToken ct)
    {
        await Volatile.Read(ref _next).Task.WaitAsync(ct);
        Volatile.Write(ref _next, New());
    }

    /// <summary>As <see cref="WaitAsync(CancellationToken)"/>, but not longer than <paramref name="longest"/>.</summary>
    public async Task WaitAsync(TimeSpan longest, TimeProvider clock, CancellationToken ct)
    {
        await Volatile.Read(ref _next).Task.WaitAsync(longest, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
        Volatile.Write(ref _next, New());
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
