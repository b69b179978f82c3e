using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Moq;
using Platform.Data;
using Platform.DeadLetters;
using Platform.Events;
using Platform.Health;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Health;

public abstract class HealthProberTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly DurableTaskClient _client = new Mock<DurableTaskClient>("test").Object;

    protected abstract Task<TestDatabase> CreateDatabaseAsync();

    /// <summary>Lets the database store nothing any more, in so many ways.</summary>
    protected abstract IEnumerable<(Func<TestDatabase, Task> Break, Func<TestDatabase, Task> Mend)> Faults { get; }

    /// <summary>Whether an event has its number when it is stored, so that only forwarding can lag.</summary>
    protected abstract bool NumbersAtOnce { get; }

    [Fact]
    public async Task ProbeAsync_ComponentsFailInTheirOwnWays_ReportsEachAndNoExceptionText()
    {
        await using var database = await CreateDatabaseAsync();
        using var prober = Prober(
            database,
            new Scripted("good", () => Task.FromResult(ComponentFinding.Healthy)),
            new Scripted("throws", () => throw new InvalidOperationException("Host=secret;Password=secret")),
            new Scripted("blocks", () => { new ManualResetEventSlim().Wait(TimeSpan.FromSeconds(30)); return Task.FromResult(ComponentFinding.Healthy); }),
            new Scripted("hangs", () => new TaskCompletionSource<ComponentFinding>().Task));

        var probing = prober.ProbeAsync(_client, default);
        while (!probing.IsCompleted)
        {
            database.Clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.WhenAny(probing, Task.Delay(20));
        }

        var report = await probing;
        Assert.Equal(ComponentStatus.Healthy, report.Find("good")!.Status);
        Assert.Equal(("unreachable", ComponentStatus.Unhealthy), (report.Find("throws")!.Reason, report.Find("throws")!.Status));
        Assert.Equal("timeout", report.Find("blocks")!.Reason);
        Assert.Equal("timeout", report.Find("hangs")!.Reason);
        Assert.Equal(ComponentStatus.Healthy, report.Find("orchestrations")!.Status);
        Assert.Equal(ComponentStatus.Unhealthy, report.Status);
    }

    [Fact]
    public async Task ProbeAsync_ManyCallersAtOnce_LookOnceUntilTheReportIsOld()
    {
        await using var database = await CreateDatabaseAsync();
        var counted = new Scripted("counted", () => Task.FromResult(ComponentFinding.Healthy));
        using var prober = Prober(database, counted);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => prober.ProbeAsync(_client, default)));
        Assert.Equal(1, counted.Calls);

        database.Clock.Advance(HealthProber.CachedFor);
        await prober.ProbeAsync(_client, default);
        Assert.Equal(2, counted.Calls);
    }

    [Fact]
    public async Task ProbeAsync_OnlyNonCriticalUnhealthy_IsDegraded()
    {
        await using var database = await CreateDatabaseAsync();
        using var prober = Prober(
            database,
            new Scripted("main", () => Task.FromResult(ComponentFinding.Healthy)),
            new Scripted("extra", () => Task.FromResult(ComponentFinding.Unhealthy("gone")), isCritical: false));

        Assert.Equal(ComponentStatus.Degraded, (await prober.ProbeAsync(_client, default)).Status);
    }

    [Fact]
    public async Task Transitions_SeenByTwoHosts_AreRaisedOnceEach()
    {
        await using var database = await CreateDatabaseAsync();
        var state = ComponentFinding.Healthy;
        var hosts = new List<(HealthTransitions Transitions, HealthProber Prober)>();
        foreach (var _ in (int[])[1, 2])
        {
            var transitions = Transitions(database);
            hosts.Add((transitions, Prober(database, transitions, new Scripted("blob_store", () => Task.FromResult(state)))));
            await transitions.StartAsync(default);
        }

        foreach (var next in (ComponentFinding[])[ComponentFinding.Healthy, ComponentFinding.Unhealthy("probe lost"), ComponentFinding.Unhealthy("timeout"), ComponentFinding.Healthy])
        {
            state = next;
            database.Clock.Advance(TimeSpan.FromSeconds(30));
            await Task.WhenAll(hosts.Select(host => host.Prober.ProbeAsync(_client, default)));
        }

        var events = await WaitForEventsAsync(database, expected: 2);
        foreach (var (transitions, prober) in hosts)
        {
            await transitions.StopAsync(default);
            transitions.Dispose();
            prober.Dispose();
        }

        Assert.Equal(["service_unhealthy", "service_recovered"], events.Select(stored => stored.EventType));
        Assert.Contains("probe lost", events[0].Payload, StringComparison.Ordinal);
        Assert.Equal(60, events[1].ReadPayload<ServiceRecovered>().DowntimeSeconds);
        Assert.Equal(2, (await EventsAsync(database)).Count);
    }

    [Fact]
    public async Task Checks_MigratedDatabase_AreHealthyUntilTheOutboxLags()
    {
        await using var database = await CreateDatabaseAsync();
        var scopes = database.Get<IServiceScopeFactory>();
        var ready = database.Get<DatabaseReady>();
        var bus = BusCheck();

        Assert.Equal(ComponentFinding.Healthy, await new DatabaseCheck(scopes, ready, database.Get<DatabaseSettings>(), database.Clock).CheckAsync(default));
        Assert.Equal(ComponentFinding.Healthy, await bus.CheckAsync(default));
        await using (var scope = database.As(Caller.Platform))
        {
            scope.Db.Raise(new ServiceUnhealthy("x", "y", "z"));
            await scope.Db.SaveChangesAsync();
        }

        Assert.Equal(ComponentFinding.Healthy, await new EventStoreCheck(scopes, ready).CheckAsync(default));
        Assert.Equal(ComponentFinding.Healthy, await bus.CheckAsync(default));
        database.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(NumbersAtOnce ? ComponentFinding.Healthy : ComponentFinding.Unhealthy("outbox lag"), await bus.CheckAsync(default));

        await database.Get<EventRelay>().RunAsync(default);
        Assert.Equal(ComponentFinding.Healthy, await bus.CheckAsync(default)); // nobody subscribes to it: it waits for nothing
        Assert.Equal(ComponentFinding.Unhealthy("outbox lag"), await BusCheck(new EventSubscription("someone", typeof(object), ["service_unhealthy"])).CheckAsync(default));

        EventBusCheck BusCheck(params EventSubscription[] subscriptions) =>
            new(scopes, ready, new EventSubscriptions(subscriptions), Microsoft.Extensions.Options.Options.Create(new EventOptions()), database.Clock);
    }

    [Fact]
    public async Task DeadLetters_PastTheThresholds_AreDegradedThenUnhealthy()
    {
        await using var database = await CreateDatabaseAsync();
        var logs = new CapturedLogs(LogLevel.Warning);
        var log = LoggerFactory.Create(builder => builder.AddProvider(logs)).CreateLogger<DeadLettersCheck>();
        var check = new DeadLettersCheck(
            database.Get<IServiceScopeFactory>(), database.Get<DatabaseReady>(), Options.Create(new DeadLetterOptions { WarningThreshold = 2, CriticalThreshold = 3 }), log);
        List<ComponentFinding> found = [];
        foreach (var status in new[] { DeadLetterStatus.Retried, DeadLetterStatus.Pending, DeadLetterStatus.Scheduled, DeadLetterStatus.Pending })
        {
            await using var scope = database.As(Caller.Platform);
            scope.Db.AddSample(scope.Db.Model.FindEntityType(typeof(DeadLetter))!, Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7())
                .Property(nameof(DeadLetter.Status)).CurrentValue = status;
            await scope.Db.SaveChangesAsync();
            found.Add(await check.CheckAsync(default));
        }

        Assert.Equal([ComponentFinding.Healthy, ComponentFinding.Healthy, ComponentFinding.Degraded("high depth"), ComponentFinding.Unhealthy("critical depth")], found);
        Assert.Equal(2, logs.Lines.Count);
    }

    [Fact]
    public async Task DatabaseCheck_ThatStoresNothing_FailsUntilItDoesAgain()
    {
        await using var database = await CreateDatabaseAsync();
        var check = Check(database);
        foreach (var (breakIt, mend) in Faults)
        {
            Assert.True(await StoresAsync(check));
            await breakIt(database);
            await Until.TrueAsync(async () => !await StoresAsync(check), "unhealthy");
            Assert.False(await StoresAsync(check)); // on a new connection, where the fault has cut the old ones
            await mend(database);
            await Until.TrueAsync(() => StoresAsync(check), "healthy again");
        }

        await using var scope = database.As(Caller.Platform);
        Assert.Empty(await scope.Db.Set<HealthProbe>().ToListAsync());
    }

    [Fact]
    public async Task Checks_BeforeTheMigration_SayPending()
    {
        await using var database = await CreateDatabaseAsync();
        var pending = new DatabaseReady();

        Assert.Equal(ComponentFinding.Unhealthy("migrations pending"), await new DatabaseCheck(database.Get<IServiceScopeFactory>(), pending, database.Get<DatabaseSettings>(), database.Clock).CheckAsync(default));
    }

    internal static DatabaseCheck Check(TestDatabase database) =>
        new(database.Get<IServiceScopeFactory>(), database.Get<DatabaseReady>(), database.Get<DatabaseSettings>(), database.Clock);

    internal static async Task<bool> StoresAsync(DatabaseCheck check)
    {
        try
        {
            return await check.CheckAsync(default) == ComponentFinding.Healthy;
        }
        catch (Exception e) when (e is System.Data.Common.DbException or DbUpdateException or InvalidOperationException)
        {
            return false;
        }
    }

    private static HealthProber Prober(TestDatabase database, params IComponentCheck[] checks) => Prober(database, Transitions(database), checks);

    private static HealthProber Prober(TestDatabase database, HealthTransitions transitions, params IComponentCheck[] checks) =>
        new(checks, new TaskHubReads(), transitions, database.Clock, NullLogger<HealthProber>.Instance);

    private static HealthTransitions Transitions(TestDatabase database) => new(
        database.Get<IServiceScopeFactory>(), database.Get<DatabaseReady>(), database.Get<DatabaseSettings>(), database.Clock, NullLogger<HealthTransitions>.Instance);

    private static async Task<List<PlatformEvent>> WaitForEventsAsync(TestDatabase database, int expected)
    {
        using var limit = new CancellationTokenSource(Soon);
        while (true)
        {
            if (await EventsAsync(database) is { } events && events.Count >= expected)
                return events;
            await Task.Delay(20, limit.Token);
        }
    }

    private static async Task<List<PlatformEvent>> EventsAsync(TestDatabase database)
    {
        await using var scope = database.As(Caller.Platform);
        return await scope.Db.Events.AsNoTracking().OrderBy(stored => stored.RowId).ToListAsync();
    }

    private sealed class Scripted(string name, Func<Task<ComponentFinding>> find, bool isCritical = true) : IComponentCheck
    {
        private int _calls;

        public int Calls => _calls;

        public string Name => name;

        public bool IsCritical => isCritical;

        public async ValueTask<ComponentFinding> CheckAsync(CancellationToken ct)
        {
            Interlocked.Increment(ref _calls);
            return await find();
        }
    }
}
