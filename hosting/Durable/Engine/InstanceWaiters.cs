using System.Collections.Concurrent;
using EmbeddedFunctions.Durable.Storage;
using EmbeddedFunctions.DurableTask.Client;

namespace EmbeddedFunctions.Durable;

/// <summary>Clients that wait for an instance to start or finish.</summary>
internal sealed class InstanceWaiters
{
    private readonly ConcurrentDictionary<(string InstanceId, bool Finished), TaskCompletionSource<StoredInstance?>> _waiting = new();

    /// <summary>
    /// Completes when the instance gets another status, or only when it finishes; also when it may have done so on another node. The result is the instance as it finished, or
    /// null when the store has to be asked.
    /// </summary>
    public Task<StoredInstance?> NextAsync(string instanceId, bool finished) =>
        _waiting.GetOrAdd((instanceId, finished), static _ => new TaskCompletionSource<StoredInstance?>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <param name="instanceId">The instance.</param>
    /// <param name="status">Its new status; null when it is not known here.</param>
    public void Signal(string instanceId, OrchestrationRuntimeStatus? status)
    {
        Complete((instanceId, false), null);
        if (status is not { } known || NewInstance.Finished.Contains(known))
            Complete((instanceId, true), null);
    }

    /// <param name="finished">The instance as its last commit left it.</param>
    public void Signal(StoredInstance finished)
    {
        Complete((finished.Header.InstanceId, false), finished);
        Complete((finished.Header.InstanceId, true), finished);
    }

    public void SignalAll()
    {
        foreach (var key in _waiting.Keys)
            Complete(key, null);
    }

    private void Complete((string InstanceId, bool Finished) key, StoredInstance? finished)
    {
        if (_waiting.TryRemove(key, out var source))
            source.TrySetResult(finished);
    }
}
