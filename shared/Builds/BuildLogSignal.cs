using System.Collections.Concurrent;

namespace Platform.Builds;

/// <summary>Wakes those in this process who wait for a build's log. What is written by another process is seen a second later.</summary>
public sealed class BuildLogSignal(TimeProvider clock)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _waiting = new();

    /// <summary>Something was added to the log, or the build's state has changed.</summary>
    internal void Set(Guid buildId)
    {
        if (_waiting.TryRemove(buildId, out var waiting))
            waiting.TrySetResult();
    }

    /// <summary>To be taken before the log is read; <see cref="WaitAsync"/> then misses nothing that comes meanwhile.</summary>
    public Task Next(Guid buildId) => _waiting.GetOrAdd(buildId, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Waits for what <see cref="Next"/> gave, a second at most.</summary>
    public async Task WaitAsync(Task next, CancellationToken ct)
    {
        await next.WaitAsync(LookAgain, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
    }

    /// <summary>Nobody will be woken for the build any more.</summary>
    public void Forget(Guid buildId) => Set(buildId);
}
