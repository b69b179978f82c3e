using System.Collections.Concurrent;
using EmbeddedFunctions.Timers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Hosting;

/// <summary>What a timer does at the host's start and when the machine's clock is set.</summary>
public sealed class TimerStartTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _directory = Directory.CreateTempSubdirectory("timers-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task RunOnStartup_NothingMissed_RunsOnceAtTheStartAndOnSchedule()
    {
        var (log, clock) = (new Log(), new FakeTimeProvider(Start));
        await using var host = await StartAsync(log, clock);
        await Until.TrueAsync(() => log.AtStart.Count == 1, "the run at the start");
        Assert.False(log.AtStart.Single().IsPastDue);

        await AdvanceAsync(clock, TimeSpan.FromHours(1), () => log.AtStart.Count == 2);
        Assert.Equal(Start.AddHours(1).UtcDateTime, log.AtStart.Last().ScheduleStatus!.Next);
    }

    [Fact]
    public async Task RunOnStartup_TickMissed_RunsOnlyThePastDueTick()
    {
        var clock = new FakeTimeProvider(Start);
        var first = new Log();
        await using (await StartAsync(first, clock))
            await Until.TrueAsync(() => first.AtStart.Count == 1, "the run at the start");
        clock.Advance(TimeSpan.FromHours(3.5));

        var log = new Log();
        await using var host = await StartAsync(log, clock);
        await Until.TrueAsync(() => !log.AtStart.IsEmpty, "the missed tick");
        await CountedAsync(host, "AtStart", Start.AddHours(1));
        await AdvanceAsync(clock, TimeSpan.FromMinutes(30), () => log.AtStart.Any(r => !r.IsPastDue));

        Assert.Equal([true, false], log.AtStart.Select(r => r.IsPastDue));
    }

    [Fact]
    public async Task UseMonitorOff_TickMissed_IsForgotten()
    {
        var clock = new FakeTimeProvider(Start);
        await using (await StartAsync(new Log(), clock))
        {
        }

        clock.Advance(TimeSpan.FromHours(3.5));
        var log = new Log();
        await using var host = await StartAsync(log, clock);
        await AdvanceAsync(clock, TimeSpan.FromMinutes(30), () => !log.Unmonitored.IsEmpty);

        var run = log.Unmonitored.Single();
        Assert.False(run.IsPastDue);
        Assert.Equal(Start.AddHours(4).UtcDateTime, run.ScheduleStatus!.Next);
    }

    [Fact]
    public async Task Clock_SetAnHourAhead_RunsTheTickOnceWithinAMinute()
    {
        var (log, clock) = (new Log(), new ShiftedTime(Start));
        await using var host = await StartAsync(log, clock);
        await Until.TrueAsync(() => log.AtStart.Count == 1, "the run at the start");

        clock.Shift = TimeSpan.FromHours(1);
        await AdvanceAsync(clock, TimeSpan.FromMinutes(1), () => log.AtStart.Count == 2);
        await CountedAsync(host, "AtStart", Start.AddHours(1));

        Assert.Equal(2, log.AtStart.Count);
    }

    [Fact]
    public async Task Clock_SetAnHourBack_DoesNotRunTheTickAgain()
    {
        var (log, clock) = (new Log(), new ShiftedTime(Start));
        await using var host = await StartAsync(log, clock);
        await AdvanceAsync(clock, TimeSpan.FromHours(1), () => log.AtStart.Count == 2);
        await CountedAsync(host, "AtStart", Start.AddHours(1));

        clock.Shift = -TimeSpan.FromHours(1);
        clock.Advance(TimeSpan.FromHours(1.5)); // past the same hour on the clock
        await AdvanceAsync(clock, TimeSpan.FromMinutes(30), () => log.AtStart.Count == 3);

        Assert.Equal([Start.AddHours(1).UtcDateTime, Start.AddHours(2).UtcDateTime], log.AtStart.Skip(1).Select(r => r.ScheduleStatus!.Next));
    }

    private Task<TestHost> StartAsync(Log log, TimeProvider clock) => TestHost.StartAsync(
        [typeof(StartTimerFunctions)], builder => builder.Services.AddSingleton(log).AddSingleton(clock), dataDirectory: _directory);

    private static Task CountedAsync(TestHost host, string function, DateTimeOffset tick) => Until.TrueAsync(
        async () => (await host.Services.GetRequiredService<TimerStore>().ReadAsync(function, CancellationToken.None)).Last == tick, "the counted tick");

    private static async Task AdvanceAsync(FakeTimeProvider clock, TimeSpan time, Func<bool> until)
    {
        clock.Advance(time);
        await Until.TrueAsync(
            () =>
            {
                if (until())
                    return true;
                clock.Advance(TimeSpan.FromMilliseconds(1));
                return false;
            },
            "the tick");
    }

    public sealed class Log
    {
        public ConcurrentQueue<TimerInfo> AtStart { get; } = new();

        public ConcurrentQueue<TimerInfo> Unmonitored { get; } = new();
    }

    /// <summary>A machine whose clock is set while its timers go on.</summary>
    private sealed class ShiftedTime(DateTimeOffset start) : FakeTimeProvider(start)
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
    }
}

public sealed class StartTimerFunctions(TimerStartTests.Log log)
{
    [Function("AtStart")]
    public void AtStart([TimerTrigger("0 0 * * * *", RunOnStartup = true)] TimerInfo timer) => log.AtStart.Enqueue(timer);

    [Function("Unmonitored")]
    public void Unmonitored([TimerTrigger("0 0 * * * *", UseMonitor = false)] TimerInfo timer) => log.Unmonitored.Enqueue(timer);
}
