namespace EmbeddedFunctions.Broker;

/// <summary>Wakes one waiter; signals that come while nobody waits are kept as one.</summary>
internal sealed class AsyncSignal
{
    private TaskCompletionSource _source = New();

    public void Set() => Volatile.Read(ref _source).TrySetResult();

    /// <summary>Waits for a signal and takes it.</summary>
    public async Task WaitAsync(CancellationToken ct)
    {
        await Volatile.Read(ref _source).Task.WaitAsync(ct);
        Volatile.Write(ref _source, New());
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
