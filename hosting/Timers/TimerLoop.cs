using EmbeddedFunctions.Discovery;
using EmbeddedFunctions.Startup;
using EmbeddedFunctions.Worker;
using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Timers;

/// <summary>The schedule of one timer on this node.</summary>
internal sealed class TimerLoop(DiscoveredFunction function, TimerSchedule schedule, TimerRuns runs, TimerStore store, TimeProvider clock, ILogger<TimerLoop> logger)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    // A tick that starts later than this is past due; also how far apart the nodes' clocks may be.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    // A delay does not notice that the machine's clock was set; so long it may go unnoticed.
    private static readonly TimeSpan MaxSleep = TimeSpan.FromMinutes(1);
    private readonly string _owner = Guid.CreateVersion7().ToString("N");
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the next tick is known, or at the first failure to learn it.</summary>
    public Task Opened => _opened.Task;

    public async Task RunAsync(CancellationToken stop)
    {
        var trigger = (TimerTriggerAttribute)function.Trigger;
        var opened = false;
        TimerState? state = null;
        await LastingLoop.RunAsync(
            async () =>
            {
                state ??= opened ? await store.ReadAsync(function.Name, stop) : await OpenAsync(trigger, stop);
                opened = true;
                _opened.TrySetResult();
                await WaitAsync(state, stop);
                state = await TickAsync(state, stop);
            },
            e =>
            {
                state = null;
                _opened.TrySetResult();
                logger.LogError(e, "The schedule of {Function} failed; it goes on.", function.Name);
            },
            clock,
            stop);
        _opened.TrySetResult();
    }

    // Without monitor a tick that passed while nothing ran is forgotten.
    private async Task<TimerState> OpenAsync(TimerTriggerAttribute trigger, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var state = await store.OpenAsync(function.Name, schedule.Text, schedule.After(now), now, stop);
        if (!trigger.UseMonitor && state.Next <= now)
            state = state with { Next = schedule.After(now) };
        if (trigger.RunOnStartup && state.Next > now)
            runs.Signal(); // a missed tick is the run at the start
        return state;
    }

    private async Task WaitAsync(TimerState state, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var due = state.Next > state.LeasedUntil ? state.Next : state.LeasedUntil; // another node runs the tick; it is ours when that node dies
        for (; due > now; now = clock.GetUtcNow())
            await Task.Delay(due - now < MaxSleep ? due - now + TimeSpan.FromMilliseconds(1) : MaxSleep, clock, stop);
    }

    // The row as this node leaves it; null when somebody else may have changed it. A claim asks for it to be so, so that what is known need not be read again.
    private async Task<TimerState?> TickAsync(TimerState state, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        if (!await store.ClaimAsync(function.Name, state.Next, _owner, now, now + Lease, stop))
        {
            await SkipAsync(state, now, stop);
            return null;
        }

        var timer = new TimerInfo
        {
            IsPastDue = now - state.Next > Grace,
            ScheduleStatus = new ScheduleStatus { Last = state.Last.UtcDateTime, Next = state.Next.UtcDateTime, LastUpdated = state.Updated.UtcDateTime },
        };
        var ran = await RunLeasedAsync(timer);
        now = clock.GetUtcNow();
        if (!ran)
        {
            await store.RenewAsync(function.Name, _owner, now, CancellationToken.None); // the tick is free for the next node at once
            return null;
        }

        var next = schedule.After(now > state.Next ? now : state.Next);
        return await store.FinishAsync(function.Name, _owner, state.Next, next, now, CancellationToken.None)
            ? state with { Last = state.Next, Next = next, Updated = now, LeasedUntil = DateTimeOffset.UnixEpoch }
            : null;
    }

    // The row may still carry the tick (another node runs it) or, without monitor, an older one that nobody runs any more.
    private async Task SkipAsync(TimerState tried, DateTimeOffset now, CancellationToken stop)
    {
        var current = await store.ReadAsync(function.Name, stop);
        var forgotten = current.Next < tried.Next && current.LeasedUntil <= now;
        if (forgotten && await store.ClaimAsync(function.Name, current.Next, _owner, now, now + Lease, stop))
            await store.FinishAsync(function.Name, _owner, current.Last, tried.Next, now, stop);
    }

    // A stop lets the run end, and its lease lasts so long.
    private async Task<bool> RunLeasedAsync(TimerInfo timer)
    {
        var running = runs.RunAsync(timer);
        while (!running.IsCompleted)
        {
            await ((Task)running).WaitAsync(Lease / 3, clock, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!running.IsCompleted)
                await RenewAsync();
        }

        return await running;
    }

    private async Task RenewAsync()
    {
        try
        {
            if (!await store.RenewAsync(function.Name, _owner, clock.GetUtcNow() + Lease, CancellationToken.None))
                logger.LogWarning("{Function} lost the lease of its tick; another node may run it as well.", function.Name);
        }
        catch (Exception e)
        {
            logger.LogWarning(e, "The lease of {Function} could not be renewed; it tries again.", function.Name);
        }
    }
}
