using System.Collections.Concurrent;
using System.Text;
using EmbeddedFunctions.Hosting;
using EmbeddedFunctions.Startup;
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
        new Dictionary<string, string>
        {
            ["Host:Storage:Provider"] = "postgres",
            ["Host:Storage:ConnectionString"] = database,
            [$"{HostJson.Section}:extensions:serviceBus:maxConcurrentCalls"] = "4",
        });

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
