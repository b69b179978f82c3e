using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.DeadLetters;
using Platform.Events;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Events;

public sealed class ConsumerTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private const string Subscription = "tests";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Handle_TheSameNoticeTwice_HasOneEffect(bool onPostgres)
    {
        await using var database = await CreateAsync(onPostgres);
        var notices = await StoreAsync(database, 1);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => HandleAsync(database, notices[0])));

        Assert.Equal(["n0"], await EffectsAsync(database));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 30)]
    [InlineData(true, 30)]
    public async Task Handle_NoticesInAnyOrder_KeepsTheOrderOfTheAggregate(bool onPostgres, int hoursOfOutage)
    {
        await using var database = await CreateAsync(onPostgres);
        var notices = await StoreAsync(database, 6);
        database.Clock.Advance(TimeSpan.FromHours(hoursOfOutage)); // nobody took them all the while
        await Task.WhenAll(notices.Reverse().Select(n => HandleAsync(database, n)));
        Assert.Equal(["n0", "n1", "n2", "n3", "n4", "n5"], await EffectsAsync(database));
    }

    [Fact]
    public async Task Handle_HandlerFailsOnce_IsTriedAgainAfterOneSecond()
    {
        await using var database = await CreateAsync(false);
        var failures = database.Get<Failures>();
        failures.Remaining = 1;
        var notices = await StoreAsync(database, 1);

        var handling = HandleAsync(database, notices[0]);
        await failures.WaitAsync(1);
        Assert.Empty(await EffectsAsync(database)); // the failed attempt left nothing, though the handler had added its row
        await AdvanceUntilAsync(database, handling);

        Assert.Equal(["n0"], await EffectsAsync(database));
        await using var scope = database.As(Caller.Platform);
        Assert.Empty(await scope.Db.DeadLetters.ToListAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Handle_HandlerKeepsFailing_EndsInTheDeadLettersAndTheStreamGoesOn(bool onPostgres)
    {
        await using var database = await CreateAsync(onPostgres);
        var failures = database.Get<Failures>();
        failures.Remaining = 4;
        var notices = await StoreAsync(database, 2);

        await AdvanceUntilAsync(database, HandleAsync(database, notices[1])); // overtook the first: handles it as well
        Assert.Equal(0, failures.Remaining);
        Assert.Equal(["n1"], await EffectsAsync(database));

        await using var scope = database.As(Caller.Platform);
        var letter = await scope.Db.DeadLetters.SingleAsync();
        Assert.Equal((notices[0].EventId, "sample_events", DeadLetterStatus.Scheduled, 0), (letter.EventId, letter.OriginalTopic, letter.Status, letter.RetryCount));
        Assert.Equal("boom", letter.Error);
        Assert.Contains("\"payload\"", letter.Event, StringComparison.Ordinal);
        Assert.Single(await scope.Db.Events.Where(e => e.EventType == "dlq_message_received").ToListAsync());

        await HandleAsync(database, notices[0]); // its own notice comes late
        Assert.Equal(["n1"], await EffectsAsync(database));

        await HandleAsync(database, notices[0] with { RedeliverTo = Subscription }); // put back by hand
        Assert.Equal(["n1", "n0"], await EffectsAsync(database));
    }

    [Fact]
    public async Task Handle_FailsAgainAfterARetry_UpdatesTheLetterAndKeepsItsCount()
    {
        await using var database = await CreateAsync(false);
        var failures = database.Get<Failures>();
        var notices = await StoreAsync(database, 1);
        failures.Remaining = 4;
        await AdvanceUntilAsync(database, HandleAsync(database, notices[0]));
        await using (var scope = database.As(Caller.Platform))
        {
            var letter = await scope.Db.DeadLetters.SingleAsync();
            (letter.Status, letter.RetryCount) = (DeadLetterStatus.Retried, 3);
            await scope.Db.SaveChangesAsync();
        }

        failures.Remaining = 4;
        await AdvanceUntilAsync(database, HandleAsync(database, notices[0] with { RedeliverTo = Subscription }));
        await using var after = database.As(Caller.Platform);
        var again = await after.Db.DeadLetters.SingleAsync();
        Assert.Equal((DeadLetterStatus.Scheduled, 3), (again.Status, again.RetryCount));
    }

    [Fact]
    public async Task Handle_ReplayedEvent_IsHistoryUnlessItNamesTheSubscription()
    {
        await using var database = await CreateAsync(false);
        await using (var scope = database.As(Caller.Platform))
        {
            foreach (var (name, target) in new[] { ("a", "others"), ("b", Subscription) })
            {
                scope.Db.Raise(new EventDraft
                {
                    EventType = "sample_event",
                    Topic = "sample_events",
                    AggregateId = name,
                    Payload = $$"""{"name":"{{name}}"}""",
                    Extra = new() { ["replayed"] = Json("true"), ["replay_target"] = Json($"\"{target}\"") },
                    ReplayOf = Guid.CreateVersion7(),
                });
            }

            await scope.Db.SaveChangesAsync();
        }

        await database.Get<EventRelay>().RunAsync(CancellationToken.None);
        foreach (var notice in await NoticesAsync(database))
            await HandleAsync(database, notice);
        Assert.Equal(["b"], await EffectsAsync(database));
    }

    [Fact]
    public async Task Sweep_ExpiredRows_AreDeletedAndOthersStay()
    {
        await using var database = await CreateAsync(false);
        var notices = await StoreAsync(database, 2);
        await HandleAsync(database, notices[0]);
        var sweep = database.Get<EventSweep>();
        Assert.Equal((0, 0), (await sweep.DeleteExpiredEventsAsync(CancellationToken.None), await sweep.DeleteExpiredKeysAsync(CancellationToken.None)));
        database.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal((0, 1), (await sweep.DeleteExpiredEventsAsync(CancellationToken.None), await sweep.DeleteExpiredKeysAsync(CancellationToken.None)));
        database.Clock.Advance(TimeSpan.FromDays(91));
        Assert.Equal((3, 0), (await sweep.DeleteExpiredEventsAsync(CancellationToken.None), await sweep.DeleteExpiredKeysAsync(CancellationToken.None)));
    }

    private async Task<TestDatabase> CreateAsync(bool onPostgres)
    {
        static void Configure(IServiceCollection services)
        {
            services.AddSingleton<Failures>();
            services.AddEventHandler<RecordingHandler>(Subscription, ["sample_event"]);
        }

        return onPostgres ? await TestDatabase.CreatePostgresAsync(await postgres.CreateMigratedDatabaseAsync(), Configure) : await TestDatabase.CreateAsync(Configure);
    }

    private static async Task<EventNotice[]> StoreAsync(TestDatabase database, int count)
    {
        await using (var scope = database.As(Caller.Platform))
        {
            for (var i = 0; i < count; i++)
                scope.Db.Raise(new SampleEvent($"n{i}", i));
            await scope.Db.SaveChangesAsync();
        }

        await database.Get<EventRelay>().RunAsync(CancellationToken.None);
        return await NoticesAsync(database);
    }

    private static async Task<EventNotice[]> NoticesAsync(TestDatabase database)
    {
        await using var scope = database.As(Caller.Platform);
        return [.. (await scope.Get<EventReader>().ReadAfterAsync(0, 1000, CancellationToken.None)).Select(e => new EventNotice(e.EventId, e.EventType, e.AggregateId))];
    }

    private static Task HandleAsync(TestDatabase database, EventNotice notice) =>
        database.Get<EventConsumer>().HandleAsync(Subscription, notice, CancellationToken.None);

    // The pauses run on the fake clock; it is moved whenever the work has come to a pause.
    private static async Task AdvanceUntilAsync(TestDatabase database, Task work)
    {
        using var bound = new CancellationTokenSource(Bound);
        while (!work.IsCompleted)
        {
            bound.Token.ThrowIfCancellationRequested();
            database.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(work, Task.Delay(5, bound.Token));
        }

        await work;
    }

    /// <summary>The effect of the handler is a row per event, so that a rolled back attempt leaves none.</summary>
    private static async Task<List<string>> EffectsAsync(TestDatabase database)
    {
        await using var scope = database.As(Caller.Platform);
        return await scope.Db.Events.Where(e => e.EventType == "effect_event").OrderBy(e => e.RowId).Select(e => e.AggregateId!).ToListAsync();
    }

    private static System.Text.Json.JsonElement Json(string text) => System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(text);

    private sealed class Failures
    {
        private readonly SemaphoreSlim _happened = new(0);

        public int Remaining { get; set; }

        public void ThrowIfDue()
        {
            if (Remaining == 0)
                return;
            Remaining--;
            _happened.Release();
            throw new IOException("boom");
        }

        public async Task WaitAsync(int count)
        {
            for (var i = 0; i < count; i++)
                Assert.True(await _happened.WaitAsync(Bound));
        }
    }

    private sealed class RecordingHandler(PlatformDbContext db, Failures failures) : IEventHandler
    {
        public Task HandleAsync(PlatformEvent stored, CancellationToken ct)
        {
            var name = System.Text.Json.JsonDocument.Parse(stored.Payload).RootElement.GetProperty("name").GetString()!;
            db.Raise(new EffectEvent(name));
            failures.ThrowIfDue();
            return Task.CompletedTask;
        }
    }

    private sealed record EffectEvent(string Name) : Platform.Events.DomainEvent
    {
        public override string EventType => "effect_event";

        public override string Topic => "effects";

        public override string? AggregateId => Name;
    }
}
