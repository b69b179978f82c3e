using System.Collections.Concurrent;
using System.Diagnostics;
using EmbeddedFunctions.Hosting;
using EmbeddedFunctions.Storage;
using EmbeddedFunctions.Timers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Hosting;

public sealed class TimerTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(Start);
    private readonly string _directory = Directory.CreateTempSubdirectory("timers-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Schedule_TickAfterTick_RunsOnTimeWithStatus()
    {
        var log = new Log();
        await using var host = await StartAsync(log);

        await AdvanceAsync(TimeSpan.FromMinutes(5), () => log.Minutely.Count == 1);
        await CountedAsync(host, Start.AddMinutes(5));
        await AdvanceAsync(TimeSpan.FromMinutes(5), () => log.Minutely.Count == 2);

        var runs = log.Minutely.ToArray();
        Assert.All(runs, r => Assert.False(r.IsPastDue));
        Assert.Equal(Start.AddMinutes(5).UtcDateTime, runs[0].ScheduleStatus!.Next);
        Assert.Equal((Start.AddMinutes(5).UtcDateTime, Start.AddMinutes(10).UtcDateTime), (runs[1].ScheduleStatus!.Last, runs[1].ScheduleStatus!.Next));
    }

    [Fact]
    public async Task Schedule_TicksMissedWhileDown_RunsOnceLate()
    {
        var log = new Log();
        await using (var host = await StartAsync(log))
        {
            await AdvanceAsync(TimeSpan.FromMinutes(5), () => log.Minutely.Count == 1);
            await CountedAsync(host, Start.AddMinutes(5));
        }

        _clock.Advance(TimeSpan.FromMinutes(47));

        var late = new Log();
        await using var again = await StartAsync(late);
        await Until.TrueAsync(() => late.Minutely.Count == 1, "the late run");

        Assert.True(late.Minutely.Single().IsPastDue);
        await CountedAsync(again, Start.AddMinutes(10));
        await AdvanceAsync(TimeSpan.FromMinutes(3), () => late.Minutely.Count == 2);
        Assert.False(late.Minutely.Last().IsPastDue);
    }

    [Fact]
    public async Task Retry_FunctionFails_RepeatsAfterItsDelays()
    {
        var log = new Log { Failures = 2 };
        await using var host = await StartAsync(log);
        await AdvanceAsync(TimeSpan.FromHours(1), () => log.Retried.Count == 1);
        await AdvanceAsync(TimeSpan.FromSeconds(10), () => log.Retried.Count == 2);
        await AdvanceAsync(TimeSpan.FromSeconds(10), () => log.Retried.Count == 3);

        Assert.Equal([0, 1, 2], log.Retried);
    }

    [Fact]
    public async Task Signal_Idle_RunsWithinAMillisecond()
    {
        var log = new Log();
        await using var host = await StartAsync(log);
        var signal = host.Services.GetRequiredService<ITimerSignal>();
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 50; i++)
        {
            var done = log.NextSignal();
            var begin = Stopwatch.GetTimestamp();
            signal.Run("Relay");
            var latency = Stopwatch.GetElapsedTime(begin, await done);
            best = latency < best ? latency : best;
        }

        Assert.True(best < TimeSpan.FromMilliseconds(1), $"{best.TotalMilliseconds} ms");
    }

    [Fact]
    public async Task Signal_DuringRun_CoalescesToOneMoreRun()
    {
        var log = new Log();
        await using var host = await StartAsync(log);
        var signal = host.Services.GetRequiredService<ITimerSignal>();
        log.Hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        signal.Run("Relay");
        await Until.TrueAsync(() => log.Signalled == 1, "the first run");
        for (var i = 0; i < 100; i++)
            signal.Run("relay");
        log.Hold.SetResult();

        await Until.TrueAsync(() => log.Signalled == 2, "the second run");
        signal.Run("Relay");
        await Until.TrueAsync(() => log.Signalled == 3, "a later run");
        Assert.Equal(1, log.MostAtOnce);
    }

    [Fact]
    public async Task Signal_ManyThreads_EveryWriteIsSeenByALaterRun()
    {
        var log = new Log();
        await using var host = await StartAsync(log);
        var signal = host.Services.GetRequiredService<ITimerSignal>();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                log.Write();
                signal.Run("Relay");
            }
        })));

        await Until.TrueAsync(() => log.Seen == 80_000, "a run after the last write");
        Assert.Equal(1, log.MostAtOnce);
    }

    [Fact]
    public async Task Stop_TimerWaits_CutsItOffAndTheNextStartRunsTheTick()
    {
        var log = new Log { Wait = true };
        var host = await StartAsync(log);
        await AdvanceAsync(TimeSpan.FromHours(2), () => log.Waiting == 1);
        await host.DisposeAsync();

        var next = new Log();
        await using var again = await StartAsync(next);
        await Until.TrueAsync(() => next.Waiting == 1, "the tick that was cut off");
    }

    [Fact]
    public async Task Signal_UnknownFunction_Throws()
    {
        await using var host = await StartAsync(new Log());
        Assert.Throws<ArgumentException>(() => host.Services.GetRequiredService<ITimerSignal>().Run("Nothing"));
    }

    [Fact]
    public async Task Claim_ManyNodes_OneWinsAndTheNextAfterItsDeathGetsTheTick()
    {
        await using var database = new HostDatabase(new HostStorageOptions { Path = _directory });
        var store = new TimerStore(database);
        var state = await store.OpenAsync("f", "s", Start, Start, CancellationToken.None);
        async Task<int> Claims(DateTimeOffset now) =>
            (await Task.WhenAll(Enumerable.Range(0, 10).Select(n => store.ClaimAsync("f", state.Next, $"n{n}", now, now.AddSeconds(30), CancellationToken.None)))).Count(won => won);

        Assert.Equal(1, await Claims(Start));
        Assert.Equal(0, await Claims(Start.AddSeconds(29)));
        Assert.Equal(1, await Claims(Start.AddSeconds(31)));
    }

    [Theory]
    [InlineData("0 */5 * * * *", "00:05:00")]
    [InlineData("30 0 3 * * *", "03:00:30")]
    [InlineData("*/10 * * * *", "00:10:00")]
    [InlineData("00:00:20", "00:00:20")]
    public void After_Schedule_NextTick(string schedule, string next) => Assert.Equal(Start + TimeSpan.Parse(next), TimerSchedule.Parse(schedule)!.After(Start));

    [Theory]
    [InlineData("")]
    [InlineData("61 * * * * *")]
    [InlineData("-00:01:00")]
    [InlineData("often")]
    public void Parse_NoSchedule_IsRefused(string schedule) => Assert.Null(TimerSchedule.Parse(schedule));

    private Task<TestHost> StartAsync(Log log) => TestHost.StartAsync(
        [typeof(TimerFunctions)],
        builder => builder.Services.AddSingleton(log).AddSingleton<TimeProvider>(_clock),
        new Dictionary<string, string> { ["EveryFive"] = "0 */5 * * * *" },
        _directory);

    // A tick is counted after its run; the clock must not move on before, or the next tick counts as missed during the run.
    private static Task CountedAsync(TestHost host, DateTimeOffset tick) => Until.TrueAsync(
        async () => (await host.Services.GetRequiredService<TimerStore>().ReadAsync("Minutely", CancellationToken.None)).Last == tick, "the counted tick");

    // The loop may not have gone to sleep yet when the clock moves; then the clock moves a little more.
    private async Task AdvanceAsync(TimeSpan time, Func<bool> until)
    {
        _clock.Advance(time);
        await Until.TrueAsync(
            () =>
            {
                if (until())
                    return true;
                _clock.Advance(TimeSpan.FromMilliseconds(1));
                return false;
            },
            "the tick");
    }

    public sealed class Log
    {
        private int _written;
        private int _seen;
        private int _now;
        private TaskCompletionSource<long>? _next;

        public ConcurrentQueue<TimerInfo> Minutely { get; } = new();

        public ConcurrentQueue<int> Retried { get; } = new();

        public int Failures { get; set; }

        public bool Wait { get; init; }

        public int Waiting { get; set; }

        public int Signalled { get; private set; }

        public int MostAtOnce { get; private set; }

        public int Seen => Volatile.Read(ref _seen);

        public TaskCompletionSource? Hold { get; set; }

        public void Write() => Interlocked.Increment(ref _written);

        public Task<long> NextSignal() => (_next = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        public async Task SignalledAsync()
        {
            var time = Stopwatch.GetTimestamp();
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _now));
            Signalled++;
            _next?.TrySetResult(time);
            Volatile.Write(ref _seen, Volatile.Read(ref _written));
            if (Hold is { } hold)
                await hold.Task;
            Interlocked.Decrement(ref _now);
        }
    }
}

public sealed class TimerFunctions(TimerTests.Log log)
{
    [Function("Minutely")]
    public void Minutely([TimerTrigger("%EveryFive%")] TimerInfo timer) => log.Minutely.Enqueue(timer);

    [Function("Retried")]
    [FixedDelayRetry(5, "00:00:10")]
    public void Retried([TimerTrigger("0 0 1 * * *")] TimerInfo timer, FunctionContext context)
    {
        log.Retried.Enqueue(context.RetryContext.RetryCount);
        if (context.RetryContext.RetryCount < log.Failures)
            throw new InvalidOperationException("again");
    }

    [Function("Waits")]
    public async Task WaitsAsync([TimerTrigger("0 0 2 * * *")] TimerInfo timer, CancellationToken ct)
    {
        log.Waiting++;
        if (log.Wait)
            await Task.Delay(Timeout.Infinite, ct);
    }

    [Function("Relay")]
    public Task RelayAsync([TimerTrigger("0 0 0 1 1 *")] TimerInfo timer) => log.SignalledAsync();
}
