using Microsoft.Extensions.DependencyInjection;

using Platform.Events;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Events;

/// <summary>What the relay hands to the topic.</summary>
public sealed class ForwardingTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private const string Taken = "tests";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Forward_NumberedEvents_SendsTheSubscribedOnesOnceInOrder(bool onPostgres)
    {
        await using var database = await CreateAsync(onPostgres);
        await StoreAsync(database, "all", new Guid?[450]);
        var relay = database.Get<TopicRelay>();
        await relay.RunAsync(CancellationToken.None);
        await relay.RunAsync(CancellationToken.None);
        var sent = database.Get<RecordingSender>().Messages;
        Assert.Equal((await StoredAsync(database)).Where(e => e.EventType == "sample_event").Select(e => e.EventId.ToString()), sent.Select(m => m.Id));
        Assert.Equal(450, sent.Count);
        Assert.All(sent, m => Assert.Equal("sample_event", m.Subject));
    }

    [Fact]
    public async Task Forward_SenderFails_SendsTheSameEventsNextTime()
    {
        await using var database = await CreateAsync(false);
        await StoreAsync(database, "all", new Guid?[3]);
        var sender = database.Get<RecordingSender>();
        sender.Fails = true;
        await Assert.ThrowsAsync<IOException>(() => database.Get<TopicRelay>().RunAsync(CancellationToken.None));
        sender.Fails = false;
        await database.Get<TopicRelay>().RunAsync(CancellationToken.None);
        Assert.Equal(3, sender.Messages.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Forward_OfASubscriptionWithAnAudience_SparesTheTopicWhereNobodyWaits(bool onPostgres)
    {
        var audience = new Audience();
        await using var database = await CreateAsync(onPostgres, services => services.AddSingleton<IEventAudience>(audience));
        var (waits, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        audience.Waiting.Add(waits);

        await StoreAsync(database, "first", waits, other, null);
        Assert.Equal(["first0"], await ForwardedAsync(database));
        audience.Waiting.Add(other); // for what comes from now on
        Assert.Equal(["first0"], await ForwardedAsync(database));
        await StoreAsync(database, "second", waits, other, null);

        Assert.Equal(["first0", "second0", "second1"], await ForwardedAsync(database));
    }

    private async Task<TestDatabase> CreateAsync(bool onPostgres, Action<IServiceCollection>? more = null)
    {
        void Configure(IServiceCollection services)
        {
            services.AddSingleton<RecordingSender>().AddSingleton<ITopicSender>(p => p.GetRequiredService<RecordingSender>());
            services.AddEventHandler<NoHandler>(Taken, ["sample_event"]);
            more?.Invoke(services);
        }

        return onPostgres ? await TestDatabase.CreatePostgresAsync(await postgres.CreateMigratedDatabaseAsync(), Configure) : await TestDatabase.CreateAsync(Configure);
    }

    private static async Task StoreAsync(TestDatabase database, string name, params Guid?[] organizations)
    {
        await using (var scope = database.As(Caller.Platform))
        {
            for (var i = 0; i < organizations.Length; i++)
            {
                scope.Db.Raise(new SampleEvent(name, i, $"{name}{i}") { OrganizationId = organizations[i] });
                scope.Db.Raise(new OtherEvent());
            }

            await scope.Db.SaveChangesAsync();
        }

        await database.Get<EventRelay>().RunAsync(CancellationToken.None);
    }

    // By a node that has just started, which knows what the database tells.
    private static async Task<List<string>> ForwardedAsync(TestDatabase database)
    {
        using var relay = ActivatorUtilities.CreateInstance<TopicRelay>(database.Services);
        await relay.RunAsync(CancellationToken.None);
        var sent = database.Get<RecordingSender>().Messages.ConvertAll(message => message.Id);
        return [.. (await StoredAsync(database)).Where(e => sent.Contains(e.EventId.ToString())).Select(e => e.AggregateId!)];
    }

    private static async Task<IReadOnlyList<PlatformEvent>> StoredAsync(TestDatabase database)
    {
        await using var scope = database.As(Caller.Platform);
        return await scope.Get<EventReader>().ReadAfterAsync(0, 1000, CancellationToken.None);
    }

    private sealed class NoHandler : IEventHandler
    {
        public Task HandleAsync(PlatformEvent stored, CancellationToken ct) => Task.CompletedTask;
    }

    private sealed record OtherEvent : Platform.Events.DomainEvent
    {
        public override string EventType => "other_event";

        public override string Topic => "others";

        public override string? AggregateId => null;
    }

    private sealed class Audience : IEventAudience
    {
        public HashSet<Guid> Waiting { get; } = [];

        public string Subscription => Taken;

        public Task<IReadOnlySet<Guid>> AmongAsync(IReadOnlyCollection<Guid> organizations, CancellationToken ct) => Task.FromResult<IReadOnlySet<Guid>>(Waiting.Intersect(organizations).ToHashSet());

        public Task<bool> WaitsAsync(Guid organizationId, string eventType, CancellationToken ct) => Task.FromResult(Waiting.Contains(organizationId));
    }

    private sealed class RecordingSender : ITopicSender
    {
        public List<TopicMessage> Messages { get; } = [];

        public bool Fails { get; set; }

        public Task SendAsync(string topic, IReadOnlyList<TopicMessage> messages, CancellationToken ct)
        {
            if (Fails)
                throw new IOException("no broker");
            Messages.AddRange(messages);
            return Task.CompletedTask;
        }
    }
}
