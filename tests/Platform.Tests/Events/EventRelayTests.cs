using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Events;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Events;

public sealed class EventRelayTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private static Task<long> RowIdAsync(PlatformDbContext db, PlatformEvent stored) =>
        db.Events.Where(e => e.EventId == stored.EventId).Select(e => e.RowId).SingleAsync();

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    /// <summary>The case that loses events with a cursor over row ids: the older row becomes visible after the newer one was read.</summary>
    [Fact]
    public async Task Run_CommitsInTheOppositeOrderOfRowIds_ReaderSeesBothEvents()
    {
        await using var database = await TestDatabase.CreatePostgresAsync(await postgres.CreateMigratedDatabaseAsync());
        var relay = database.Get<EventRelay>();
        await using var slow = database.As(Caller.Platform);
        await using var fast = database.As(Caller.Platform);

        await using var open = await slow.Db.Database.BeginTransactionAsync();
        var first = slow.Db.Raise(new SampleEvent("slow", 1));
        await slow.Db.SaveChangesAsync();
        var second = fast.Db.Raise(new SampleEvent("fast", 2));
        await fast.Db.SaveChangesAsync();
        var newest = await RowIdAsync(fast.Db, second);
        Assert.True(await RowIdAsync(slow.Db, first) < newest);

        await relay.RunAsync(CancellationToken.None);
        var seen = await ReadAsync(database, 0);
        Assert.Equal([second.EventId], seen.Select(e => e.EventId));

        await open.CommitAsync();
        await relay.RunAsync(CancellationToken.None);
        var next = await ReadAsync(database, seen[^1].Sequence!.Value);
        Assert.Equal([first.EventId], next.Select(e => e.EventId));

        // The naive cursor, for the record: it is past the slow row already.
        await using var naive = database.As(Caller.Platform);
        Assert.Empty(await naive.Db.Events.Where(e => e.RowId > newest).ToListAsync());
    }

    [Fact]
    public async Task Run_RelaysOfTwoNodesAtOnce_NumberEachEventOnceWithoutGaps()
    {
        var connection = await postgres.CreateMigratedDatabaseAsync();
        await using var one = await TestDatabase.CreatePostgresAsync(connection);
        await using var two = await TestDatabase.CreatePostgresAsync(connection);
        await AppendAndRelayAsync(one, two);
        await AssertNumberedAsync(one, 200);
    }

    [Fact]
    public async Task Run_WhileManyWriteOnSqlite_NumbersEachEventOnceWithoutGaps()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AppendAndRelayAsync(database, database);
        await AssertNumberedAsync(database, 200);
    }

    [Fact]
    public async Task Run_MoreThanABatchOnPostgres_NumbersAll()
    {
        await using var database = await TestDatabase.CreatePostgresAsync(await postgres.CreateMigratedDatabaseAsync());
        await RaiseAsync(database, 2500);

        Assert.Equal(2500, await database.Get<EventRelay>().RunAsync(CancellationToken.None));
        await AssertNumberedAsync(database, 2500);
        Assert.Equal(2500, database.Get<EventSignal>().Newest);
    }

    [Fact]
    public async Task Run_OnSqlite_FindsEventsNumberedAndTellsReaders()
    {
        await using var database = await TestDatabase.CreateAsync();
        await RaiseAsync(database, 2500);

        Assert.Equal(0, await database.Get<EventRelay>().RunAsync(CancellationToken.None));
        await AssertNumberedAsync(database, 2500);
        Assert.Equal(2500, database.Get<EventSignal>().Newest);
    }

    private static async Task RaiseAsync(TestDatabase database, int count)
    {
        await using (var scope = database.As(Caller.Platform))
        {
            for (var i = 0; i < count; i++)
                scope.Db.Raise(new SampleEvent($"n{i}", i));
            await scope.Db.SaveChangesAsync();
        }
    }

    [Fact]
    public async Task Wait_ReaderIsBehind_WakesWhenTheRelayNumbers()
    {
        await using var database = await TestDatabase.CreateAsync();
        var waiting = database.Get<EventSignal>().WaitAsync(0, CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        await AppendAsync(database, 1);
        await database.Get<EventRelay>().RunAsync(CancellationToken.None);
        Assert.Equal(1, await waiting.WaitAsync(Bound));
    }

    [Fact]
    public async Task Listener_AnotherNodeNumbers_WakesThisNode()
    {
        var connection = await postgres.CreateMigratedDatabaseAsync();
        await using var here = await TestDatabase.CreatePostgresAsync(connection);
        await using var there = await TestDatabase.CreatePostgresAsync(connection);
        using var listener = ActivatorUtilities.CreateInstance<EventListener>(here.Services);
        await listener.StartAsync(CancellationToken.None);
        await AppendAsync(there, 1);
        await there.Get<EventRelay>().RunAsync(CancellationToken.None);
        Assert.Equal(1, await here.Get<EventSignal>().WaitAsync(0, CancellationToken.None).WaitAsync(Bound));
        await listener.StopAsync(CancellationToken.None);
    }

    private static async Task AppendAndRelayAsync(TestDatabase one, TestDatabase two)
    {
        var writers = Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => AppendAsync(i % 2 == 0 ? one : two, 10))));
        var relays = Task.WhenAll(((TestDatabase[])[one, two]).Select(d => Task.Run(async () =>
        {
            do
                await d.Get<EventRelay>().RunAsync(CancellationToken.None);
            while (!writers.IsCompleted);
        })));
        await writers;
        await relays;
        await one.Get<EventRelay>().RunAsync(CancellationToken.None);
    }

    private static async Task AppendAsync(TestDatabase database, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await using var scope = database.As(Caller.Platform);
            scope.Db.Raise(new SampleEvent("n", i));
            await scope.Db.SaveChangesAsync();
        }
    }

    private static async Task AssertNumberedAsync(TestDatabase database, int count)
    {
        var events = await ReadAsync(database, 0);
        Assert.Equal(Enumerable.Range(1, count).Select(n => (long?)n), events.Select(e => e.Sequence));
    }

    private static async Task<List<PlatformEvent>> ReadAsync(TestDatabase database, long after)
    {
        await using var scope = database.As(Caller.Platform);
        return await scope.Get<EventReader>().ReadAfterAsync("sample-1", after, 10_000, CancellationToken.None);
    }
}
