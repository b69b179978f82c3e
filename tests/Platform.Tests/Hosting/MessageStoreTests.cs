using System.Text;
using EmbeddedFunctions.Broker;
using EmbeddedFunctions.Broker.Entities;
using EmbeddedFunctions.Broker.Sessions;
using EmbeddedFunctions.Hosting;
using EmbeddedFunctions.Startup;
using EmbeddedFunctions.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Hosting;

public abstract partial class MessageStoreTests : IAsyncLifetime
{
    private HostStorageOptions _options = null!;
    private HostDatabase _database = null!;

    private protected HostDatabase Database => _database;

    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    internal MessageStore Store { get; private set; } = null!;

    internal MessageWriter Writer { get; private set; } = null!;

    private SessionStore Sessions { get; set; } = null!;

    private ScheduledMessages Scheduled { get; set; } = null!;

    private MessageUpkeep Upkeep { get; set; } = null!;

    public async Task InitializeAsync()
    {
        _options = await OptionsAsync();
        _database = new HostDatabase(_options);
        Store = new MessageStore(_database, Clock);
        Writer = new MessageWriter(_database, Options(), Clock);
        Sessions = new SessionStore(_database, Clock);
        Scheduled = new ScheduledMessages(_database, Clock);
        Upkeep = new MessageUpkeep(_database, Clock);
    }

    public virtual async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Send_AllProperties_ArriveUnchanged()
    {
        await Writer.SendAsync("Orders", [new OutgoingMessage(Encoding.UTF8.GetBytes("héllo"))
        {
            MessageId = "id", CorrelationId = "c", Subject = "s", ContentType = "text/plain", SessionId = "session", ReplyTo = "r", ReplyToSessionId = "rs", To = "t", PartitionKey = "p",
            ApplicationProperties = new Dictionary<string, object> { ["text"] = "x", ["number"] = 7, ["yes"] = true, ["half"] = 0.5, ["long"] = 8L, ["id"] = Guid.Empty, ["at"] = DateTimeOffset.UnixEpoch },
        }], CancellationToken.None);

        var message = Assert.Single(await ReceiveAsync("orders"));
        Assert.Equal("héllo", message.Body.ToString());
        Assert.Equal(("id", "c", "s", "text/plain", 1), (message.MessageId, message.CorrelationId, message.Subject, message.ContentType, message.DeliveryCount));
        Assert.Equal(("session", "r", "rs", "t", "p"), (message.SessionId, message.ReplyTo, message.ReplyToSessionId, message.To, message.PartitionKey));
        Assert.Equal(Clock.GetUtcNow(), message.EnqueuedTime);
        Assert.True(Guid.TryParse(message.LockToken, out _));
        Assert.Equal([("at", DateTimeOffset.UnixEpoch), ("half", 0.5), ("id", Guid.Empty), ("long", 8L), ("number", 7), ("text", "x"), ("yes", true)], message.ApplicationProperties.OrderBy(p => p.Key).Select(p => (p.Key, p.Value)));
    }

    [Fact]
    public async Task Send_ToTopic_EachSubscriptionGetsItsOwnCopy()
    {
        await Upkeep.RegisterAsync(Plain(("events", "a"), ("events", "b"), ("other", "c")), CancellationToken.None);
        await SendAsync("Events", "1", "2");

        Assert.Equal(["1", "2"], Bodies(await ReceiveAsync(QueueAddress.Subscription("events", "a"))));
        Assert.Equal(["1", "2"], Bodies(await ReceiveAsync(QueueAddress.Subscription("events", "b"))));
        Assert.Empty(await ReceiveAsync(QueueAddress.Subscription("other", "c")));
        Assert.Empty(await ReceiveAsync("events"));
    }

    [Fact]
    public async Task Receive_Locked_ComesAgainOnlyAfterTheLockWithTheCountRaised()
    {
        await SendAsync("q", "1");
        var first = Assert.Single(await ReceiveAsync("q"));
        Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Empty(await ReceiveAsync("q"));
        Clock.Advance(TimeSpan.FromSeconds(1));

        var second = Assert.Single(await ReceiveAsync("q"));

        Assert.Equal(2, second.DeliveryCount);
        Assert.Empty(await Store.CompleteAsync([first], CancellationToken.None));
        Assert.Equal([second.SequenceNumber], await Store.CompleteAsync([second], CancellationToken.None));
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await ReceiveAsync("q"));
    }

    [Fact]
    public async Task Renew_BeforeTheEnd_KeepsTheLock()
    {
        await SendAsync("q", "1");
        var message = Assert.Single(await ReceiveAsync("q"));
        Clock.Advance(TimeSpan.FromSeconds(50));

        Assert.Single(await Store.RenewAsync([message], Clock.GetUtcNow() + TimeSpan.FromMinutes(1), CancellationToken.None));

        Clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Empty(await ReceiveAsync("q"));
        Assert.Single(await Store.CompleteAsync([message], CancellationToken.None));
    }

    [Fact]
    public async Task Abandon_AtOnce_ComesBeforeYoungerMessages()
    {
        await SendAsync("q", "1");
        Clock.Advance(TimeSpan.FromSeconds(1));
        await SendAsync("q", "2");
        var first = (await ReceiveAsync("q", 1))[0];

        await Store.AbandonAsync([first], notBefore: null, CancellationToken.None);

        Assert.Equal(["1", "2"], Bodies(await ReceiveAsync("q")));
    }

    [Fact]
    public async Task Release_Unused_DoesNotCountTheDelivery()
    {
        await SendAsync("q", "1");
        await Store.ReleaseAsync(await ReceiveAsync("q"), CancellationToken.None);

        Assert.Equal(1, Assert.Single(await ReceiveAsync("q")).DeliveryCount);
    }

    [Fact]
    public async Task Scheduled_BeforeItsTime_IsInvisible()
    {
        var time = Clock.GetUtcNow() + TimeSpan.FromMinutes(5);
        await Writer.SendAsync("q", [Message("later") with { ScheduledEnqueueTime = time }], CancellationToken.None);
        Assert.Empty(await ReceiveAsync("q"));
        Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(time, Assert.Single(await ReceiveAsync("q")).EnqueuedTime);
    }

    [Fact]
    public async Task TimeToLive_Passed_IsDroppedUnlessLocked()
    {
        await Writer.SendAsync("q", [Message("a") with { TimeToLive = TimeSpan.FromSeconds(30) }, Message("b") with { TimeToLive = TimeSpan.FromSeconds(30) }], CancellationToken.None);
        var held = (await ReceiveAsync("q", 1))[0];
        Clock.Advance(TimeSpan.FromSeconds(31));

        Assert.Empty(await ReceiveAsync("q"));
        Assert.Equal(1, await Upkeep.SweepAsync([], CancellationToken.None));
        Assert.Single(await Store.CompleteAsync([held], CancellationToken.None));
    }

    [Fact]
    public async Task DeadLetter_ByReceiver_MovesWithReasonAndIsNotBuriedTwice()
    {
        await SendAsync("q", "bad");
        var message = Assert.Single(await ReceiveAsync("q"));
        await Store.DeadLetterAsync(message, "Poison", "it hurts", CancellationToken.None);

        Assert.Empty(await ReceiveAsync("q"));
        for (var delivery = 0; delivery < 3; delivery++)
        {
            var dead = Assert.Single(await ReceiveAsync("q/$deadletterqueue", 1, maxDeliveries: 2));
            Assert.Equal(("q", "Poison", "it hurts"), (dead.DeadLetterSource, dead.DeadLetterReason, dead.DeadLetterErrorDescription));
            await Store.AbandonAsync([dead], notBefore: null, CancellationToken.None);
        }
    }

    [Fact]
    public async Task Receive_ReceiverDiedTooOften_DeadLetters()
    {
        await SendAsync("q", "1");
        for (var delivery = 0; delivery < 3; delivery++)
        {
            Assert.Single(await ReceiveAsync("q", 1, maxDeliveries: 3));
            Clock.Advance(TimeSpan.FromMinutes(2));
        }

        Assert.Empty(await ReceiveAsync("q", 1, maxDeliveries: 3));
        Assert.Equal("MaxDeliveryCountExceeded", Assert.Single(await ReceiveAsync("q/$deadletterqueue")).DeadLetterReason);
    }

    [Fact]
    public async Task Register_SubscriptionUnseenForLong_IsForgottenWithItsMessages()
    {
        await Upkeep.RegisterAsync(Plain(("events", "old"), ("events", "new")), CancellationToken.None);
        await SendAsync("events", "1");
        Clock.Advance(MessageUpkeep.AbandonedAfter + TimeSpan.FromMinutes(1));

        await Upkeep.RegisterAsync(Plain(("events", "new")), CancellationToken.None);
        await SendAsync("events", "2");

        Assert.Empty(await ReceiveAsync(QueueAddress.Subscription("events", "old")));
        Assert.Equal(["1", "2"], Bodies(await ReceiveAsync(QueueAddress.Subscription("events", "new"))));
    }

    private protected static Dictionary<(string Topic, string Name), SubscriptionDefinition> Plain(params (string Topic, string Name)[] subscriptions) =>
        subscriptions.ToDictionary(s => s, _ => new SubscriptionDefinition());

    private static HostJsonOptions Options()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["queues:0:name"] = "Once",
            ["queues:0:properties:requiresDuplicateDetection"] = "true",
            ["queues:0:properties:duplicateDetectionHistoryTimeWindow"] = "PT10M",
        }).Build();
        return new HostJsonOptions { Broker = BrokerOptions.From(configuration) };
    }

    private async Task SendToSessionsAsync(params string[] sessions)
    {
        foreach (var (i, session) in sessions.Index())
            await Writer.SendAsync("s", [Message($"{session}{i}") with { SessionId = session }], CancellationToken.None);
    }

    private Task<List<EmbeddedFunctions.ServiceBus.ServiceBusReceivedMessage>> ReceiveAsync(SessionLock held) =>
        Store.ReceiveAsync(held, 10, TimeSpan.FromMinutes(1), 10, CancellationToken.None);

    protected static OutgoingMessage Message(string body) => new(Encoding.UTF8.GetBytes(body)) { MessageId = body };

    internal abstract Task<HostStorageOptions> OptionsAsync();

    private protected Task<HostStorageOptions> SameOptionsAsync() => Task.FromResult(_options);

    private static IEnumerable<string> Bodies(IEnumerable<EmbeddedFunctions.ServiceBus.ServiceBusReceivedMessage> messages) => messages.Select(m => m.Body.ToString());

    private Task SendAsync(string name, params string[] bodies) => Writer.SendAsync(name, [.. bodies.Select(Message)], CancellationToken.None);

    private Task<List<EmbeddedFunctions.ServiceBus.ServiceBusReceivedMessage>> ReceiveAsync(string queue, int limit = 10, int maxDeliveries = 10) =>
        Store.ReceiveAsync(queue, limit, TimeSpan.FromMinutes(1), maxDeliveries, CancellationToken.None);
}
