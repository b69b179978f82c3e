using System.Collections.Concurrent;
using System.Text;
using EmbeddedFunctions.Hosting;
using EmbeddedFunctions.ServiceBus;
using EmbeddedFunctions.Startup;
using Microsoft.Extensions.DependencyInjection;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Hosting;

/// <summary>Sessions, batches, rules and deferral as functions see them.</summary>
[Collection(PostgresServer.Collection)]
public sealed class SessionTests(PostgresServer server)
{
    private const string Bus = $"{HostJson.Section}:extensions:serviceBus";

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task Sessions_ManyMessages_EachSessionRunsInOrderOneAtATime(bool postgres, int nodes)
    {
        var log = new Log();
        var settings = await SettingsAsync(postgres);
        var hosts = new List<TestHost>();
        for (var node = 0; node < nodes; node++)
            hosts.Add(await StartAsync(log, settings));

        foreach (var batch in Enumerable.Range(0, 20).SelectMany(i => Enumerable.Range(0, 10).Select(s => (Session: s, Number: i))).Chunk(30))
            await SendAsync(hosts[0], "steps", [.. batch.Select(m => Text($"{m.Number}") with { SessionId = $"s{m.Session}" })]);

        await Until.TrueAsync(() => log.Done.Count >= 200, "all messages");
        Assert.False(log.Overlapped);
        foreach (var session in log.Done.GroupBy(d => d.Session))
            Assert.Equal(Enumerable.Range(0, 20), session.Select(d => d.Number));
        foreach (var host in hosts)
            await host.DisposeAsync();
    }

    [Fact]
    public async Task Sessions_FunctionThrows_TheSameMessageComesBeforeTheNext()
    {
        var log = new Log { FailFirst = 3 };
        await using var host = await StartAsync(log, await SettingsAsync(postgres: false));
        await SendAsync(host, "steps", [.. Enumerable.Range(0, 5).Select(i => Text($"{i}") with { SessionId = "s" })]);

        await Until.TrueAsync(() => log.Done.Count == 5, "all messages");

        Assert.Equal(["0", "1", "2", "3", "3", "4"], log.Entries);
        Assert.Equal([0, 1, 2, 3, 4], log.Done.Select(d => d.Number));
    }

    [Fact]
    public async Task Sessions_State_GoesOnFromMessageToMessage()
    {
        var log = new Log();
        await using var host = await StartAsync(log, await SettingsAsync(postgres: false));
        foreach (var number in new[] { 1, 2, 3 })
            await SendAsync(host, "sums", Text($"{number}") with { SessionId = "s" });

        await Until.TrueAsync(() => log.Entries.Count == 3, "all messages");
        Assert.Equal(["1", "3", "6"], log.Entries);
    }

    [Fact]
    public async Task Sessions_MessageWithoutId_IsRefusedByTheQueueAndDeadLetteredByTheSubscription()
    {
        var log = new Log();
        await using var host = await StartAsync(log, await SettingsAsync(postgres: false));

        await Assert.ThrowsAsync<InvalidOperationException>(() => SendAsync(host, "steps", Text("1")));
        await SendAsync(host, "session-events", Text("1"));

        await Until.TrueAsync(() => log.Entries.Contains("Session ID is null."), "the dead letter");
    }

    [Fact]
    public async Task Batch_ManyWaiting_ComeTogetherWithTheirMetadata()
    {
        var log = new Log();
        await using var host = await StartAsync(log, await SettingsAsync(postgres: false));
        await SendAsync(host, "batches", [.. Enumerable.Range(0, 100).Select(i => Text($"{i}") with { MessageId = $"m{i}" })]);

        await Until.TrueAsync(() => log.Entries.Count >= 100, "all messages");
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}=m{i}").Order(), log.Entries.Order());
        Assert.InRange(log.Batches.Max(), 2, 40);
    }

    [Fact]
    public async Task Rules_OfTheConfiguration_DecideWhatASubscriptionGets()
    {
        var log = new Log();
        var settings = await SettingsAsync(postgres: false);
        var rule = $"{Bus}:topics:0:subscriptions:0:rules:0";
        settings[$"{Bus}:topics:0:name"] = "ruled";
        settings[$"{Bus}:topics:0:subscriptions:0:name"] = "big";
        settings[$"{rule}:name"] = "big";
        settings[$"{rule}:properties:filterType"] = "Sql";
        settings[$"{rule}:properties:sqlFilter:sqlExpression"] = "size > 10";
        await using var host = await StartAsync(log, settings);

        await SendAsync(host, "ruled", Sized(5), Sized(15), Text("no size"), Sized(16));

        await Until.TrueAsync(() => log.Entries.Count == 2, "what the rule lets in");
        Assert.Equal(["15", "16"], log.Entries.Order());
    }

    [Fact]
    public async Task Start_WrongFilter_SaysWhere()
    {
        var settings = await SettingsAsync(postgres: false);
        settings[$"{Bus}:topics:0:name"] = "ruled";
        settings[$"{Bus}:topics:0:subscriptions:0:name"] = "big";
        settings[$"{Bus}:topics:0:subscriptions:0:rules:0:properties:filterType"] = "Sql";
        settings[$"{Bus}:topics:0:subscriptions:0:rules:0:properties:sqlFilter:sqlExpression"] = "size >";

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(new Log(), settings));
        Assert.Contains("wrong filter", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Defer_ThenActivate_ComesAgainWithChangedProperties()
    {
        var log = new Log();
        await using var host = await StartAsync(log, await SettingsAsync(postgres: false));
        await SendAsync(host, "deferring", Text("1"));
        await Until.TrueAsync(() => log.Numbers.Count == 1, "the deferral");

        var activated = await host.Services.GetRequiredService<IMessageSender>().ActivateDeferredAsync("deferring", [.. log.Numbers], CancellationToken.None);

        Assert.Equal(1, activated);
        await Until.TrueAsync(() => log.Entries.Contains("again because later"), "the second delivery");
    }

    [Fact]
    public async Task LongRun_BeyondTheLock_KeepsItsLock()
    {
        var log = new Log();
        var settings = await SettingsAsync(postgres: false);
        settings[$"{Bus}:lockDuration"] = "00:00:02";
        await using var host = await StartAsync(log, settings);
        await SendAsync(host, "long", Text("1"));
        await SendAsync(host, "steps", Text("1000") with { SessionId = "long" });

        await Until.TrueAsync(() => log.Entries.Count(e => e.StartsWith("long", StringComparison.Ordinal)) >= 2, "both runs");
        await SendAsync(host, "sums", Text("1") with { SessionId = "s" });
        await Until.TrueAsync(() => log.Entries.Contains("1"), "a later message");
        Assert.Equal(["long 1", "long session 1"], log.Entries.Where(e => e.StartsWith("long", StringComparison.Ordinal)).Order());
    }

    private static OutgoingMessage Text(string body) => new(Encoding.UTF8.GetBytes(body));

    private static OutgoingMessage Sized(int size) => Text($"{size}") with { ApplicationProperties = new Dictionary<string, object> { ["size"] = size } };

    private static Task SendAsync(TestHost host, string name, params OutgoingMessage[] messages) =>
        host.Services.GetRequiredService<IMessageSender>().SendAsync(name, messages, CancellationToken.None);

    private async Task<Dictionary<string, string>> SettingsAsync(bool postgres)
    {
        var settings = new Dictionary<string, string> { [$"{Bus}:maxMessageBatchSize"] = "40", [$"{Bus}:maxConcurrentSessions"] = "4" };
        if (postgres)
            (settings["Host:Storage:Provider"], settings["Host:Storage:ConnectionString"]) = ("postgres", await server.CreateDatabaseAsync());
        return settings;
    }

    private static Task<TestHost> StartAsync(Log log, Dictionary<string, string> settings) =>
        TestHost.StartAsync([typeof(SessionFunctions)], builder => builder.Services.AddSingleton(log), settings);

    public sealed class Log
    {
        private readonly ConcurrentDictionary<string, int> _running = new();

        public int FailFirst { get; init; } = -1;

        public ConcurrentQueue<(string Session, int Number)> Done { get; } = new();

        public ConcurrentQueue<string> Entries { get; } = new();

        public ConcurrentQueue<int> Batches { get; } = new();

        public ConcurrentQueue<long> Numbers { get; } = new();

        public bool Overlapped { get; private set; }

        public void Enter(string session) => Overlapped |= _running.AddOrUpdate(session, 1, static (_, n) => n + 1) > 1;

        public void Leave(string session) => _running.AddOrUpdate(session, 0, static (_, n) => n - 1);
    }
}

public sealed class SessionFunctions(SessionTests.Log log)
{
    private static readonly TimeSpan BeyondTheLock = TimeSpan.FromSeconds(4.5);

    [Function("Session_Step")]
    public async Task StepAsync([ServiceBusTrigger("steps", IsSessionsEnabled = true)] ServiceBusReceivedMessage message, string sessionId, CancellationToken ct)
    {
        var number = int.Parse(message.Body.ToString());
        if (number == 1000)
        {
            await Task.Delay(BeyondTheLock, ct); // the time itself is what is tested
            log.Entries.Enqueue($"long session {message.DeliveryCount}");
            return;
        }

        log.Entries.Enqueue($"{number}");
        if (number == log.FailFirst && message.DeliveryCount == 1)
            throw new InvalidOperationException("first");
        log.Enter(sessionId);
        await Task.Yield();
        log.Leave(sessionId);
        log.Done.Enqueue((sessionId, number));
    }

    [Function("Session_Sum")]
    public async Task SumAsync([ServiceBusTrigger("sums", IsSessionsEnabled = true)] string body, ServiceBusSessionMessageActions session)
    {
        var before = await session.GetSessionStateAsync() is { } state ? int.Parse(state.ToString()) : 0;
        await session.SetSessionStateAsync(BinaryData.FromString($"{before + int.Parse(body)}"));
        log.Entries.Enqueue($"{before + int.Parse(body)}");
        await session.ReleaseSession();
    }

    [Function("Session_Event")]
    public void Event([ServiceBusTrigger("session-events", "a", IsSessionsEnabled = true)] string body) => log.Entries.Enqueue(body);

    [Function("Session_Event_Dead")]
    public void EventDead([ServiceBusTrigger("session-events", "a/$DeadLetterQueue")] string body, string deadLetterReason) => log.Entries.Enqueue(deadLetterReason);

    [Function("Batch_Run")]
    public void Batch([ServiceBusTrigger("batches", IsBatched = true)] string[] bodies, string[] messageIdArray)
    {
        log.Batches.Enqueue(bodies.Length);
        foreach (var (i, body) in bodies.Index())
            log.Entries.Enqueue($"{body}={messageIdArray[i]}");
    }

    [Function("Ruled_Run")]
    public void Ruled([ServiceBusTrigger("ruled", "big")] string body) => log.Entries.Enqueue(body);

    [Function("Deferring_Run")]
    public async Task DeferAsync([ServiceBusTrigger("deferring", AutoCompleteMessages = false)] ServiceBusReceivedMessage message, ServiceBusMessageActions actions)
    {
        if (message.ApplicationProperties.TryGetValue("why", out var why))
        {
            log.Entries.Enqueue($"again because {why}");
            await actions.CompleteMessageAsync(message);
            return;
        }

        await actions.DeferMessageAsync(message, new Dictionary<string, object> { ["why"] = "later" });
        log.Numbers.Enqueue(message.SequenceNumber);
    }

    [Function("Long_Run")]
    public async Task LongAsync([ServiceBusTrigger("long")] ServiceBusReceivedMessage message, CancellationToken ct)
    {
        await Task.Delay(BeyondTheLock, ct);
        log.Entries.Enqueue($"long {message.DeliveryCount}");
    }
}
