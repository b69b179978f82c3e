using EmbeddedFunctions.Durable;
using Microsoft.Extensions.Time.Testing;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Durable;

/// <summary>When the engine looks for work of which nobody told it.</summary>
public sealed class SweepTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task Sweep_StoreOfItsOwn_LooksOnlyAfterACommit()
    {
        await using var h = await DurableHarness.CreateAsync(Db.Sqlite, server);
        h.Functions.Orchestrator("Nothing", _ => Task.FromResult<object?>(null));
        await h.StartAsync(o => o with { SweepInterval = Interval, HeartbeatInterval = TimeSpan.FromMilliseconds(20) });
        await RestsAsync(h);
        var before = h.Engine.Store.Looks;

        await h.RunAsync("Nothing");

        await DurableHarness.UntilAsync(() => h.Engine.Store.Looks > before);
        await RestsAsync(h);
    }

    [Fact]
    public async Task Sweep_SharedStore_LooksAllTheTime()
    {
        await using var h = await DurableHarness.CreateAsync(Db.Postgres, server);
        await h.StartAsync(o => o with { SweepInterval = Interval });
        var before = h.Engine.Store.Looks;

        await DurableHarness.UntilAsync(() => h.Engine.Store.Looks > before + 10);
    }

    [Fact]
    public async Task WaitAsync_SignalOrTime_Returns()
    {
        var clock = new FakeTimeProvider();
        var signal = new SweepSignal(clock);

        var timed = signal.WaitAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
        Assert.False(timed.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        await timed.WaitAsync(DurableHarness.Patience);

        signal.Set();
        await signal.WaitAsync(TimeSpan.FromSeconds(1), CancellationToken.None).WaitAsync(DurableHarness.Patience);
        Assert.False(signal.WaitAsync(TimeSpan.FromSeconds(1), CancellationToken.None).IsCompleted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WaitForWorkAsync_SignalOfEitherKind_IsTakenOnce(bool atOnce)
    {
        var signal = new SweepSignal(TimeProvider.System);
        if (atOnce)
            signal.Set();
        else
            signal.Worked();

        await signal.WaitForWorkAsync(CancellationToken.None).WaitAsync(DurableHarness.Patience);

        Assert.False(signal.WaitForWorkAsync(CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task WaitAsync_Stopped_Throws()
    {
        using var stop = new CancellationTokenSource();
        var waiting = new SweepSignal(TimeProvider.System).WaitAsync(TimeSpan.FromHours(1), stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    /// <summary>Waits for a time of several heartbeats, in which a sweep by the clock would have looked many times, without a look.</summary>
    private static async Task RestsAsync(DurableHarness h)
    {
        using var timeout = new CancellationTokenSource(DurableHarness.Patience);
        var (store, looks) = (h.Engine.Store, -1);
        while (looks != store.Looks)
        {
            timeout.Token.ThrowIfCancellationRequested();
            looks = store.Looks;
            var heartbeats = store.Heartbeats;
            await DurableHarness.UntilAsync(() => store.Heartbeats >= heartbeats + 5);
        }
    }
}
