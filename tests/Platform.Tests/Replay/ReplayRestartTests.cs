using Platform.Tests.Fixtures;

namespace Platform.Tests.Replay;

/// <summary>Sessions whose node ends in their middle.</summary>
public sealed class ReplayRestartTests(PostgresServer postgres) : IClassFixture<PostgresServer>, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("replay-restart-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task File_PausedResumedAndRestarted_HoldsEveryEventOnce(Db db)
    {
        var database = db == Db.Postgres ? await postgres.CreateMigratedDatabaseAsync() : null;
        var aggregate = Guid.CreateVersion7().ToString();
        Guid session;
        List<Guid> ids;
        var first = await StartAsync(db, database);
        var standby = db == Db.Postgres ? await StartAsync(db, database) : null;
        await using (first)
        {
            var world = await ReplayWorld.OfAsync(first);
            ids = await world.StoreAsync(aggregate, 0, 0, 1.5, 0, 1.5, 0, 1.5, 0);
            session = await world.StartedAsync(new { replay_type = "execution", execution_id = aggregate, target = "file", batch_size = 3 });
            await world.UntilReplayedAsync(session, 2);
            await world.MoveAsync(session, "pause");
            await world.MoveAsync(session, "resume");
            await world.UntilReplayedAsync(session, 4);
        }

        await using (var second = standby ?? await StartAsync(db, database)) // the first ended while it waited for the fifth
        {
            var world = await ReplayWorld.OfAsync(second);
            await world.UntilReplayedAsync(session, 6);
            await world.MoveAsync(session, "pause");
        }

        await using var third = await StartAsync(db, database); // ended while it was paused
        var last = await ReplayWorld.OfAsync(third);
        Assert.Equal("paused", (await last.GetAsync(session)).GetProperty("status").GetString());
        await last.MoveAsync(session, "resume");
        var done = await last.UntilAsync(session, "completed");

        Assert.Equal(ids, (await last.LinesAsync(session)).Select(ReplayLines.OriginalOf));
        Assert.Equal((8, 8, 0), (done.GetProperty("total_events").GetInt32(), done.GetProperty("replayed_events").GetInt32(), done.GetProperty("skipped_events").GetInt32()));
    }

    [Fact]
    public async Task Bus_OneOfTwoNodesEnds_TheOtherGoesOnBehindTheLastEvent()
    {
        var database = await postgres.CreateMigratedDatabaseAsync();
        var first = await StartAsync(Db.Postgres, database);
        await using var second = await StartAsync(Db.Postgres, database);
        var world = await ReplayWorld.OfAsync(second);
        List<(Guid Session, List<Guid> Events)> replays = [];
        await using (first)
        {
            for (var i = 0; i < 6; i++)
            {
                var aggregate = Guid.CreateVersion7().ToString();
                var ids = await world.StoreAsync(aggregate, 0, 0, 2, 0, 0.2, 0);
                replays.Add((await world.StartedAsync(new { replay_type = "query", filter = new { aggregate_id = aggregate }, batch_size = 2 }), ids));
            }

            foreach (var (session, _) in replays)
                await world.UntilReplayedAsync(session, 2);
        }

        foreach (var (session, ids) in replays)
        {
            var done = await world.UntilAsync(session, "completed");
            Assert.Equal(ids, await world.RepeatedAsync(done));
            Assert.Equal(6, done.GetProperty("replayed_events").GetInt32());
        }
    }

    private Task<PlatformApp> StartAsync(Db db, string? connectionString) =>
        PlatformApp.StartAsync(db, dataDirectory: _directory, connectionString: connectionString, settings: ReplayWorld.Settings);
}
