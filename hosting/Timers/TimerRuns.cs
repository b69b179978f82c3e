using EmbeddedFunctions.Discovery;
using EmbeddedFunctions.Invocation;
using EmbeddedFunctions.Worker;
using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Timers;

/// <summary>The runs of one timer function on this node, never two at once: those of the schedule and those that the app asks for.</summary>
internal sealed class TimerRuns(DiscoveredFunction function, FunctionRunner runner, TimeProvider clock, ILogger<TimerRuns> logger, CancellationToken abort) : IDisposable
{
    private const int Closed = -1; // signals wait for the host's start
    private const int ClosedAndAsked = -2;
    private const int Idle = 0;
    private const int Running = 1;
    private const int RunningAndAsked = 2;

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state = Closed;
    private volatile bool _stopped;

    /// <summary>Asks for a run. Idle, it starts at once; during a run, one more follows.</summary>
    public void Signal()
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            var next = state switch { Closed => ClosedAndAsked, Idle => Running, Running => RunningAndAsked, _ => state };
            if (next == state)
                return;
            if (Interlocked.CompareExchange(ref _state, next, state) != state)
                continue;
            if (state == Idle)
                ThreadPool.UnsafeQueueUserWorkItem(static runs => _ = runs.RunSignalledAsync(), this, preferLocal: false);
            return;
        }
    }

    /// <summary>Lets signalled runs begin.</summary>
    public void Open()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Closed) == Closed)
            return;

        Interlocked.Exchange(ref _state, Running);
        ThreadPool.UnsafeQueueUserWorkItem(static runs => _ = runs.RunSignalledAsync(), this, preferLocal: false);
    }

    /// <summary>Ends when the current run has ended; no signalled run begins any more.</summary>
    public async Task StopAsync()
    {
        _stopped = true;
        Interlocked.MemoryBarrier(); // against the run that ends: it changes the state, then looks here
        if (Volatile.Read(ref _state) > Idle)
            await _drained.Task;
        await _one.WaitAsync(CancellationToken.None); // never given back: a run that waits its turn ends with the process
    }

    /// <summary>Runs with the retries that the function asks for; failures are logged. False when the host's stop cut the run off.</summary>
    public async Task<bool> RunAsync(TimerInfo timer)
    {
        try
        {
            await _one.WaitAsync(abort);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        try
        {
            return await RunWithRetriesAsync(timer);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task RunSignalledAsync()
    {
        do
        {
            Interlocked.Exchange(ref _state, Running);
            if (!_stopped)
                await RunAsync(new TimerInfo());
        }
        while (Interlocked.CompareExchange(ref _state, Idle, Running) != Running);

        if (_stopped)
            _drained.TrySetResult();
    }

    private async Task<bool> RunWithRetriesAsync(TimerInfo timer)
    {
        var policy = function.Retry;
        for (var repeat = 0; !abort.IsCancellationRequested; repeat++)
        {
            try
            {
                await runner.RunAsync(function, timer, policy is null ? null : new InvocationRetry(repeat, policy.MaxRetryCount), abort);
                return true;
            }
            catch (OperationCanceledException) when (abort.IsCancellationRequested)
            {
                logger.LogInformation("{Function} was stopped with the host.", function.Name);
                return false;
            }
            catch (Exception e)
            {
                logger.LogError(e, "{Function} failed{Repeat}.", function.Name, repeat == 0 ? "" : $" at repeat {repeat}");
                if (policy is null || (policy.MaxRetryCount >= 0 && repeat >= policy.MaxRetryCount) || _stopped)
                    return true;
            }

            await Task.Delay(RetryDelays.Before(policy, repeat + 1), clock, abort).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }
}
