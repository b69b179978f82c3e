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
        TimerState? state = null;
        await LastingLoop.RunAsync(
            async () =>
            {
                state = state is null ? await OpenAsync(trigger, stop) : await store.ReadAsync(function.Name, stop);
                _opened.TrySetResult();
                await WaitAsync(state, stop);
                await TickAsync(state, stop);
            },
            e =>
            {
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

    private async Task TickAsync(TimerState state, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        if (!await store.ClaimAsync(function.Name, state.Next, _owner, now, now + Lease, stop))
        {
            await SkipAsync(state, now, stop);
            return;
        }

        var timer = new TimerInfo
        {
            IsPastDue = now - state.Next > Grace,
            ScheduleStatus = new ScheduleStatus { Last = state.Last.UtcDateTime, Next = state.Next.UtcDateTime, LastUpdated = state.Updated.UtcDateTime },
        };
        using var ended = new CancellationTokenSource(); // a stop lets the run end, and its lease lasts so long
        var renewing = RenewAsync(ended.Token);
        var ran = await runs.RunAsync(timer);
        await ended.CancelAsync();
        await renewing;
        now = clock.GetUtcNow();
        if (!ran)
        {
            await store.RenewAsync(function.Name, _owner, now, CancellationToken.None); // the tick is free for the next node at once
            return;
        }

        await store.FinishAsync(function.Name, _owner, state.Next, schedule.After(now > state.Next ? now : state.Next), now, CancellationToken.None);
    }

    // The row may still carry the tick (another node runs it) or, without monitor, an older one that nobody runs any more.
    private async Task SkipAsync(TimerState tried, DateTimeOffset now, CancellationToken stop)
    {
        var current = await store.ReadAsync(function.Name, stop);
        var forgotten = current.Next < tried.Next && current.LeasedUntil <= now;
        if (forgotten && await store.ClaimAsync(function.Name, current.Next, _owner, now, now + Lease, stop))
            await store.FinishAsync(function.Name, _owner, current.Last, tried.Next, now, stop);
    }

    private async Task RenewAsync(CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            await Task.Delay(Lease / 3, clock, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ended.IsCancellationRequested)
                return;

            try
            {
                if (!await store.RenewAsync(function.Name, _owner, clock.GetUtcNow() + Lease, ended))
                    logger.LogWarning("{Function} lost the lease of its tick; another node may run it as well.", function.Name);
            }
            catch (Exception e) when (e is not OperationCanceledException || !ended.IsCancellationRequested)
            {
                logger.LogWarning(e, "The lease of {Function} could not be renewed; it tries again.", function.Name);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
