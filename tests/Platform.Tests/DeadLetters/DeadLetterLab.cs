using System.Collections.Concurrent;

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

using Platform.Audit;
using Platform.Data;
using Platform.DeadLetters;
using Platform.Events;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.DeadLetters;

/// <summary>The area on a real database with two consumers and without a host: the test plays the broker.</summary>
internal sealed class DeadLetterLab : IAsyncDisposable
{
    public const string First = "first";
    public const string Second = "second";
    public const string EventType = "sample_event";

    private DeadLetterLab(TestDatabase database) => Database = database;

    public TestDatabase Database { get; }

    public Sent Sent => Database.Get<Sent>();

    /// <summary>Consumers whose handlers throw.</summary>
    public Failing Failing => Database.Get<Failing>();

    public static async Task<DeadLetterLab> CreateAsync(string? postgres)
    {
        static void Configure(IServiceCollection services)
        {
            services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddAudit();
            services.AddSingleton<Sent>().AddSingleton<ITopicSender>(provider => provider.GetRequiredService<Sent>()).AddSingleton<Failing>();
            services.AddEventHandler<FirstHandler>(First, [EventType]).AddEventHandler<SecondHandler>(Second, [EventType]);
        }

        return new(postgres is null ? await TestDatabase.CreateAsync(Configure) : await TestDatabase.CreatePostgresAsync(postgres, Configure));
    }

    public async Task<PlatformEvent> RaiseAsync(string topic = "sample_events", Guid? userId = null, Guid? organizationId = null)
    {
        await using var scope = Database.As(Caller.Platform);
        var raised = scope.Db.Raise(new EventDraft
        {
            EventType = EventType,
            Topic = topic,
            AggregateId = $"sample-{Guid.CreateVersion7()}",
            Payload = """{"name":"a \"quoted\" name"}""",
            UserId = userId,
            OrganizationId = organizationId,
        });
        await scope.Db.SaveChangesAsync();
        await Database.Get<EventRelay>().RunAsync(CancellationToken.None);
        return await scope.Db.Events.AsNoTracking().SingleAsync(e => e.EventId == raised.EventId);
    }

    /// <summary>The event has failed for the consumer, in place retries and all.</summary>
    public Task FailAsync(PlatformEvent stored, string consumer = First, string error = "boom") => Database.Get<DeadLetterQueue>().AddAsync(consumer, stored, error, CancellationToken.None);

    public async Task<PlatformEvent> FailNewAsync(string topic = "sample_events", Guid? userId = null, Guid? organizationId = null)
    {
        var stored = await RaiseAsync(topic, userId, organizationId);
        await FailAsync(stored);
        return stored;
    }

    public Task<DeadLetter> LetterAsync(PlatformEvent stored, string consumer = First) =>
        AskAsync(db => db.DeadLetters.AsNoTracking().SingleAsync(m => m.EventId == stored.EventId && m.Consumer == consumer));

    public async Task<T> AskAsync<T>(Func<PlatformDbContext, Task<T>> question)
    {
        await using var scope = Database.As(Caller.Platform);
        return await question(scope.Db);
    }

    public async Task SetAsync(string topic, DeadLetterPolicy policy, Guid? organizationId = null)
    {
        await using var scope = Database.As(Caller.Platform);
        await scope.Get<DeadLetterPolicies>().StoreAsync(organizationId, topic, policy, CancellationToken.None);
    }

    public async Task<int> RetryDueAsync()
    {
        await using var scope = Database.As(Caller.Platform);
        return await scope.Get<RetryDeadLetters>().RetryDueAsync(CancellationToken.None);
    }

    public async Task<Error?> RetryAsync(PlatformEvent stored, Caller? caller = null)
    {
        await using var scope = Database.As(caller ?? Caller.Platform);
        return await scope.Get<RetryDeadLetters>().RetryAsync(stored.EventId, CancellationToken.None);
    }

    public async Task<Result<Nothing>> DiscardAsync(PlatformEvent stored, string reason = "no use")
    {
        await using var scope = Database.As(Caller.Platform);
        return await scope.Get<DiscardDeadLetters>().DiscardAsync(stored.EventId, reason, CancellationToken.None);
    }

    public async Task<int> ExpireAsync()
    {
        await using var scope = Database.As(Caller.Platform);
        return await scope.Get<DiscardDeadLetters>().ExpireAsync(CancellationToken.None);
    }

    /// <summary>Hands what was sent to both consumers, as the topic does.</summary>
    public async Task DeliverAsync(EventNotice notice)
    {
        foreach (var consumer in new[] { First, Second })
            await Database.Get<EventConsumer>().HandleAsync(consumer, notice, CancellationToken.None);
    }

    /// <summary>Types of the events about dead letters, in their order.</summary>
    public Task<List<string>> NoticesAsync() => AskAsync(db => db.Events.Where(e => e.Topic == "dlq_events").OrderBy(e => e.RowId).Select(e => e.EventType).ToListAsync());

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    public sealed class FirstHandler(Failing failing) : IEventHandler
    {
        public Task HandleAsync(PlatformEvent stored, CancellationToken ct) => failing.HandleAsync(First, stored);
    }

    public sealed class SecondHandler(Failing failing) : IEventHandler
    {
        public Task HandleAsync(PlatformEvent stored, CancellationToken ct) => failing.HandleAsync(Second, stored);
    }
}

internal sealed class Failing
{
    public HashSet<string> Consumers { get; } = [];

    public ConcurrentQueue<(string Consumer, string Payload)> Handled { get; } = [];

    public Task HandleAsync(string consumer, PlatformEvent stored)
    {
        if (Consumers.Contains(consumer))
            throw new IOException("boom");
        Handled.Enqueue((consumer, System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(stored.Payload).GetProperty("name").GetString()!));
        return Task.CompletedTask;
    }
}

/// <summary>What was put back on the topic.</summary>
internal sealed class Sent : ITopicSender
{
    private readonly ConcurrentQueue<TopicMessage> _messages = [];

    public bool Fails { get; set; }

    public IReadOnlyList<TopicMessage> Messages => [.. _messages];

    public EventNotice Last => EventNotice.Parse(Messages[^1].Body);

    public Task SendAsync(string topic, IReadOnlyList<TopicMessage> messages, CancellationToken ct)
    {
        if (Fails)
            throw new IOException("no broker");
        foreach (var message in messages)
            _messages.Enqueue(message);
        return Task.CompletedTask;
    }
}
