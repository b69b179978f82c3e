using System.Collections.Concurrent;
using EmbeddedFunctions.DurableTask.Client;

namespace EmbeddedFunctions.Durable;

/// <summary>Clients that wait for an instance to start or finish.</summary>
internal sealed class InstanceWaiters
{
    private readonly ConcurrentDictionary<(string InstanceId, bool Finished), TaskCompletionSource> _waiting = new();

    /// <summary>Completes when the instance gets another status, or only when it finishes; also when it may have done so on another node.</summary>
    public Task NextAsync(string instanceId, bool finished) =>
        _waiting.GetOrAdd((instanceId, finished), static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <param name="instanceId">The instance.</param>
    /// <param name="status">Its new status; null when it is not known here.</param>
    public void Signal(string instanceId, OrchestrationRuntimeStatus? status)
    {
        Complete((instanceId, false));
        if (status is not { } known || NewInstance.Finished.Contains(known))
            Complete((instanceId, true));
    }

    public void SignalAll()
    {
        foreach (var key in _waiting.Keys)
            Complete(key);
    }

    private void Complete((string InstanceId, bool Finished) key)
    {
        if (_waiting.TryRemove(key, out var source))
            source.TrySetResult();
    }
}
