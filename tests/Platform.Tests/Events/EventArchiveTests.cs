using Microsoft.EntityFrameworkCore;

using Platform.Events;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Events;

public sealed class EventArchiveTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sweep_ArchivedEvents_GoWhenTheEventWouldHaveGone(bool onPostgres)
    {
        await using var database = onPostgres ? await TestDatabase.CreatePostgresAsync(await postgres.CreateMigratedDatabaseAsync()) : await TestDatabase.CreateAsync();
        await using (var scope = database.As(Caller.Platform))
        {
            var stored = scope.Db.Raise(new SampleEvent("a", 1));
            await scope.Db.SaveChangesAsync();
            scope.Db.ArchivedEvents.Add(ArchivedEvent.Of(stored, database.Clock.GetUtcNow(), "op@example.com", "a test"));
            await scope.Db.SaveChangesAsync();
        }

        var sweep = database.Get<EventSweep>();
        database.Clock.Advance(TimeSpan.FromDays(89));
        Assert.Equal(0, await sweep.DeleteExpiredArchiveAsync(CancellationToken.None));
        database.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await sweep.DeleteExpiredArchiveAsync(CancellationToken.None));
        await using var after = database.As(Caller.Platform);
        Assert.Equal(0, await after.Db.ArchivedEvents.CountAsync());
    }

    [Fact]
    public async Task RecentEvents_ForgottenOne_IsFoundNoMoreAndTheOthersStay()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var scope = database.As(Caller.Platform);
        var stored = Enumerable.Range(0, 3).Select(i => scope.Db.Raise(new SampleEvent($"n{i}", i))).ToList();
        await scope.Db.SaveChangesAsync();
        var recent = database.Get<RecentEvents>();

        recent.Forget(stored[1].EventId);

        Assert.Null(recent.Find(stored[1].EventId));
        Assert.Equal([stored[0].EventId, stored[2].EventId], recent.After(stored[0].Sequence!.Value - 1)!.Select(found => found.EventId));
        recent.Forget(stored[0].EventId);
        Assert.Null(recent.After(stored[0].Sequence!.Value - 1)); // has to be read from the database
    }
}
