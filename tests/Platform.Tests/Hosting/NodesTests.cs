using System.Collections.Concurrent;
using System.Text;
using EmbeddedFunctions.Broker;
using EmbeddedFunctions.Hosting;
using EmbeddedFunctions.Startup;
using EmbeddedFunctions.Storage;
using Microsoft.Extensions.DependencyInjection;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Hosting;

[Collection(PostgresServer.Collection)]
public sealed class NodesTests(PostgresServer server)
{
    [Fact]
    public async Task Messages_TwoNodes_ShareTheWorkAndEachRunsOnce()
    {
        var database = await server.CreateDatabaseAsync();
        var (a, b) = (new Log(), new Log());
        await using var first = await StartAsync(database, a);
        await using var second = await StartAsync(database, b);
        var messages = Enumerable.Range(0, 300).Select(i => new OutgoingMessage(Encoding.UTF8.GetBytes($"{i}"))).ToList();

        await first.Services.GetRequiredService<IMessageSender>().SendAsync("work", messages, CancellationToken.None);

        await Until.TrueAsync(() => a.Bodies.Count + b.Bodies.Count >= 300, "all messages");
        Assert.Equal(300, a.Bodies.Concat(b.Bodies).Distinct().Count());
        Assert.NotEmpty(a.Bodies);
        Assert.NotEmpty(b.Bodies);
    }

    [Fact]
    public async Task Messages_NodeDiedHoldingThem_ComeToAnotherWhenItsLocksEnd()
    {
        var options = new HostStorageOptions { Provider = HostStorageOptions.Postgres, ConnectionString = await server.CreateDatabaseAsync() };
        await using (var database = new HostDatabase(options))
        {
            var store = new MessageStore(database, TimeProvider.System);
            var messages = Enumerable.Range(0, 20).Select(i => new OutgoingMessage(Encoding.UTF8.GetBytes($"{i}"))).ToList();
            await new MessageWriter(database, new HostJsonOptions(), TimeProvider.System).SendAsync("work", messages, CancellationToken.None);
            Assert.Equal(15, (await store.ReceiveAsync("work", 15, TimeSpan.FromSeconds(2), 10, CancellationToken.None)).Count);
        }

        var log = new Log();
        await using var host = await StartAsync(options.ConnectionString, log);

        await Until.TrueAsync(() => log.Bodies.Count >= 20, "all messages");
        Assert.Equal(20, log.Bodies.Distinct().Count());
    }

    [Fact]
    public async Task Messages_SentByANodeThatDoesNotListen_ReachTheOtherByNotificationNotBySweep()
    {
        var database = await server.CreateDatabaseAsync();
        var log = new Log();
        await using var listener = await StartAsync(database, log);
        await using var sender = await TestHost.StartAsync([typeof(NoListeners)], settings: Settings(database));
        var times = new List<double>();
        for (var i = 1; i <= 5; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            await sender.Services.GetRequiredService<IMessageSender>().SendAsync("work", [new OutgoingMessage(Encoding.UTF8.GetBytes($"{i}"))], CancellationToken.None);
            await Until.TrueAsync(() => log.Bodies.Count == i, "the message");
            times.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
        }

        Assert.InRange(times.Order().ElementAt(2), 0, 400); // the sweep alone would take half a second on average
    }

    [Fact]
    public async Task Timer_TwoNodes_EachTickRunsOnOneOfThem()
    {
        var database = await server.CreateDatabaseAsync();
        var (a, b) = (new Log(), new Log());
        await using var first = await StartAsync(database, a);
        await using var second = await StartAsync(database, b);

        await Until.TrueAsync(() => a.Ticks.Count + b.Ticks.Count >= 4, "four ticks");

        var ticks = a.Ticks.Concat(b.Ticks).ToList();
        Assert.Equal(ticks.Count, ticks.Distinct().Count());
    }

    private static Task<TestHost> StartAsync(string database, Log log) => TestHost.StartAsync(
        [typeof(NodeFunctions)],
        builder => builder.Services.AddSingleton(log),
        Settings(database));

    private static Dictionary<string, string> Settings(string database) => new()
    {
        ["Host:Storage:Provider"] = "postgres",
        ["Host:Storage:ConnectionString"] = database,
        [$"{HostJson.Section}:extensions:serviceBus:maxConcurrentCalls"] = "4",
    };

    public sealed class Log
    {
        public ConcurrentQueue<string> Bodies { get; } = new();

        public ConcurrentQueue<DateTime> Ticks { get; } = new();
    }
}

public sealed class NodeFunctions(NodesTests.Log log)
{
    [Function("Node_Work")]
    public async Task WorkAsync([ServiceBusTrigger("work")] string body)
    {
        await Task.Delay(5); // the work itself: long enough for the other node to get some
        log.Bodies.Enqueue(body);
    }

    [Function("Node_Tick")]
    public void Tick([TimerTrigger("* * * * * *")] TimerInfo timer) => log.Ticks.Enqueue(timer.ScheduleStatus!.Next);
}
