using System.Collections.Concurrent;
using System.Text;
using EmbeddedFunctions.Hosting;
using EmbeddedFunctions.ServiceBus;
using EmbeddedFunctions.Startup;
using Microsoft.Extensions.DependencyInjection;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Hosting;

public sealed class BrokerTests
{
    [Fact]
    public async Task Send_QueueAndTopic_FunctionsGetBodiesAndMetadata()
    {
        var log = new Log();
        await using var host = await StartAsync(log);
        await SendAsync(host, "orders", Json("""{"number":7}""") with { MessageId = "m1", Subject = "s", CorrelationId = "c" });
        await SendAsync(host, "events", Json("text"));

        await Until.TrueAsync(() => log.Entries.Count == 3, "all three deliveries");
        Assert.Equal(["order 7 m1 s c 1", "topic a text", "topic b 4"], log.Entries.Order());
    }

    [Fact]
    public async Task Delivery_FunctionThrows_ComesAgainThenIsDeadLettered()
    {
        var log = new Log();
        await using var host = await StartAsync(log, ("maxDeliveryCount", "3"));
        await SendAsync(host, "poison", Json("x"));

        await Until.TrueAsync(() => log.Entries.Contains("dead MaxDeliveryCountExceeded"), "the dead letter");
        Assert.Equal(["poison 1", "poison 2", "poison 3"], log.Entries.Where(e => e.StartsWith("poison", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Delivery_FunctionSettlesItself_IsNotCompletedForIt()
    {
        var log = new Log();
        await using var host = await StartAsync(log);
        await SendAsync(host, "manual", Json("x"));

        await Until.TrueAsync(() => log.Entries.Contains("manual dead because I say so"), "the dead letter");
        Assert.Single(log.Entries, e => e == "manual 1");
    }

    [Fact]
    public async Task Delivery_ManyMessages_EachRunsOnceWithBoundedConcurrency()
    {
        var log = new Log();
        await using var host = await StartAsync(log, ("maxConcurrentCalls", "4"), ("prefetchCount", "10"));
        await Task.WhenAll(Enumerable.Range(0, 10).Select(batch => SendAsync(host, "many", [.. Enumerable.Range(0, 100).Select(i => Json($"{batch}-{i}"))])));

        await Until.TrueAsync(() => log.Entries.Count >= 1000, "all messages");
        Assert.Equal(1000, log.Entries.Distinct().Count());
        Assert.InRange(log.MostAtOnce, 1, 4);
    }

    [Fact]
    public async Task Restart_MessagesWaiting_AreDeliveredByTheNextProcess()
    {
        var directory = Directory.CreateTempSubdirectory("broker-").FullName;
        await using (var sender = await TestHost.StartAsync([typeof(NoListeners)], dataDirectory: directory))
            await SendAsync(sender, "orders", Json("""{"number":1}""") with { MessageId = "m" });

        var log = new Log();
        await using (await StartAsync(log, directory))
            await Until.TrueAsync(() => log.Entries.Count == 1, "the waiting message");
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Stop_FunctionRunning_WaitsForItAndCompletesItsMessage()
    {
        var directory = Directory.CreateTempSubdirectory("broker-").FullName;
        var log = new Log();
        var host = await StartAsync(log, directory);
        await SendAsync(host, "slow", Json("x"));
        await Until.TrueAsync(() => log.Entries.Contains("slow begins"), "the run");
        var stopping = host.DisposeAsync();
        Assert.False(stopping.IsCompleted);
        log.Release.SetResult();
        await stopping;

        Assert.Contains("slow ends", log.Entries);
        var second = new Log();
        await using (var again = await StartAsync(second, directory))
        {
            await SendAsync(again, "orders", Json("""{"number":1}"""));
            await Until.TrueAsync(() => second.Entries.Count == 1, "a later message");
            Assert.DoesNotContain("slow begins", second.Entries);
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Output_ReturnValue_IsSent()
    {
        var log = new Log();
        await using var host = await StartAsync(log);
        await SendAsync(host, "relay", Json("41"));

        await Until.TrueAsync(() => log.Entries.Count == 1, "the relayed message");
        Assert.StartsWith("order 42 ", Assert.Single(log.Entries), StringComparison.Ordinal);
    }

    private static OutgoingMessage Json(string body) => new(Encoding.UTF8.GetBytes(body));

    private static Task SendAsync(TestHost host, string name, params OutgoingMessage[] messages) =>
        host.Services.GetRequiredService<IMessageSender>().SendAsync(name, messages, CancellationToken.None);

    private static Task<TestHost> StartAsync(Log log, params (string Name, string Value)[] broker) => StartAsync(log, directory: null, broker);

    private static Task<TestHost> StartAsync(Log log, string? directory, params (string Name, string Value)[] broker) => TestHost.StartAsync(
        [typeof(Listeners)],
        builder => builder.Services.AddSingleton(log),
        broker.ToDictionary(b => $"{HostJson.Section}:extensions:serviceBus:{b.Name}", b => b.Value),
        directory);

    public sealed class Log
    {
        private int _now;

        public ConcurrentQueue<string> Entries { get; } = new();

        public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int MostAtOnce { get; private set; }

        public void Add(string entry) => Entries.Enqueue(entry);

        public void Enter()
        {
            var now = Interlocked.Increment(ref _now);
            lock (Entries)
                MostAtOnce = Math.Max(MostAtOnce, now);
        }

        public void Leave() => Interlocked.Decrement(ref _now);
    }

    public sealed record Order(int Number);
}

public static class NoListeners;

public sealed class Listeners(BrokerTests.Log log)
{
    [Function("On_Order")]
    public void Order([ServiceBusTrigger("orders")] BrokerTests.Order order, string messageId, string? subject, string? correlationId, int deliveryCount) =>
        log.Add($"order {order.Number} {messageId} {subject} {correlationId} {deliveryCount}");

    [Function("On_Event_A")]
    public Task EventAsync([ServiceBusTrigger("events", "a")] string body)
    {
        log.Add($"topic a {body}");
        return Task.CompletedTask;
    }

    [Function("On_Event_B")]
    public void EventBytes([ServiceBusTrigger("events", "b")] byte[] body, DateTime enqueuedTimeUtc) => log.Add($"topic b {body.Length}");

    [Function("On_Poison")]
    public void Poison([ServiceBusTrigger("poison")] ServiceBusReceivedMessage message)
    {
        log.Add($"poison {message.DeliveryCount}");
        throw new InvalidOperationException("no");
    }

    [Function("On_Poison_Dead")]
    public void PoisonDead([ServiceBusTrigger("poison/$DeadLetterQueue")] ServiceBusReceivedMessage message) => log.Add($"dead {message.DeadLetterReason}");

    [Function("On_Manual")]
    public async Task ManualAsync([ServiceBusTrigger("manual", AutoCompleteMessages = false)] ServiceBusReceivedMessage message, ServiceBusMessageActions actions)
    {
        log.Add($"manual {message.DeliveryCount}");
        await actions.DeadLetterMessageAsync(message, deadLetterReason: "because I say so");
        await Assert.ThrowsAsync<InvalidOperationException>(() => actions.CompleteMessageAsync(message));
    }

    [Function("On_Manual_Dead")]
    public void ManualDead([ServiceBusTrigger("manual/$DeadLetterQueue")] string body, string deadLetterReason) => log.Add($"manual dead {deadLetterReason}");

    [Function("On_Many")]
    public async Task ManyAsync([ServiceBusTrigger("many")] string body)
    {
        log.Enter();
        await Task.Yield();
        log.Add(body);
        log.Leave();
    }

    [Function("On_Slow")]
    public async Task SlowAsync([ServiceBusTrigger("slow")] string body)
    {
        log.Add("slow begins");
        await log.Release.Task;
        log.Add("slow ends");
    }

    [Function("On_Relay")]
    [ServiceBusOutput("orders")]
    public BrokerTests.Order Relay([ServiceBusTrigger("relay")] string body) => new(int.Parse(body) + 1);
}
