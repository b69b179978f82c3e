using Microsoft.EntityFrameworkCore;
using Platform.Events;
using Platform.Identity;
using Platform.Replay;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Replay;

/// <summary>Which events a replay takes.</summary>
public sealed class ReplaySelectionTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Filters_EachAndTogether_NarrowTheEvents(Db db)
    {
        await using var lab = await ReplayLab.CreateAsync(db, postgres);
        var user = Guid.CreateVersion7();
        var execution = Guid.CreateVersion7();
        var start = lab.Database.Clock.GetUtcNow();
        var first = await lab.StoreAsync(3, gap: TimeSpan.FromMinutes(1));
        var second = await lab.StoreAsync(2, execution.ToString(), ReplayLab.Accepted, userId: user, service: "result-processor");

        Assert.Equal(first, await FindAsync(lab, new ReplayFilter { AggregateId = "a" }));
        Assert.Equal(second, await FindAsync(lab, new ReplayFilter { ExecutionId = execution }));
        Assert.Equal(second, await FindAsync(lab, new ReplayFilter { EventTypes = [ReplayLab.Accepted] }));
        Assert.Equal(first, await FindAsync(lab, new ReplayFilter { ExcludeEventTypes = [ReplayLab.Accepted] }));
        Assert.Equal(second, await FindAsync(lab, new ReplayFilter { UserId = user }));
        Assert.Equal(second, await FindAsync(lab, new ReplayFilter { ServiceName = "result-processor" }));
        Assert.Equal([first[1], second[0]], await FindAsync(lab, new ReplayFilter { EventIds = [second[0], first[1]] }));
        Assert.Equal([first[1], first[2]], await FindAsync(lab, new ReplayFilter { StartTime = start.AddMinutes(1) }));
        Assert.Equal([first[0], .. second], await FindAsync(lab, new ReplayFilter { EndTime = start }));
        Assert.Equal([first[1]], await FindAsync(lab, new ReplayFilter { AggregateId = "a", StartTime = start.AddMinutes(1), EndTime = start.AddMinutes(1) }));
        Assert.Empty(await FindAsync(lab, new ReplayFilter { CorrelationId = "nobody's" }));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Recovery_TakesWhatAConsumerNeverAcknowledged(Db db)
    {
        await using var lab = await ReplayLab.CreateAsync(db, postgres);
        var handled = await lab.StoreAsync(2, "a");
        await lab.StoreAsync(2, "b", ReplayLab.Accepted); // nobody subscribes to these
        var missed = await lab.StoreAsync(2, "c");
        foreach (var id in handled)
            await lab.Database.Get<EventConsumer>().HandleAsync(ReplayLab.Consumer, new EventNotice(id, ReplayLab.Queued, "a"), default);
        var later = await lab.StoreAsync(1, "a");

        Assert.Equal([.. missed, .. later], await FindAsync(lab, new ReplayFilter(), ReplayType.Recovery));
        Assert.Equal(later, await FindAsync(lab, new ReplayFilter { AggregateId = "a" }, ReplayType.Recovery));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Recovery_ForTheConsumerThatMissedThem_BringsEachOnceAndAcknowledgesIt(Db db)
    {
        await using var lab = await ReplayLab.CreateAsync(db, postgres);
        await lab.StoreAsync(3, "c");
        var id = await lab.StartAsync(ReplayTarget.Kafka, new ReplayFilter(), c => c with { BatchSize = 1, TargetService = ConsumerServices.Notifications }, ReplayType.Recovery);
        for (var done = 0; done < 3; done++)
        {
            Assert.Equal(ReplayStep.More, await lab.AdvanceAsync(id));
            await lab.NumberAsync();
            await lab.NotifyAsync((await lab.RepeatedAsync()).Skip(done)); // handled before the session goes on
        }

        var session = await lab.RunAsync(id);

        var repeated = await lab.RepeatedAsync();
        await lab.NotifyAsync(repeated); // once more
        Assert.Equal((3, 0), (session.ReplayedEvents, session.SkippedEvents));
        Assert.Equal(repeated.Select(e => e.EventId), lab.Handled);
        Assert.Empty(await FindAsync(lab, new ReplayFilter(), ReplayType.Recovery));
        var news = await lab.StoreAsync(1, "c");
        await lab.Database.Get<EventConsumer>().HandleAsync(ReplayLab.Consumer, new EventNotice(news[0], ReplayLab.Queued, "c"), default);
        Assert.Equal([.. repeated.Select(e => e.EventId), .. news], lab.Handled);
    }

    [Fact]
    public async Task Replays_ForNobody_LeaveWhatWasMissedAsItIs()
    {
        await using var lab = await ReplayLab.CreateAsync(Db.Sqlite, postgres);
        var missed = await lab.StoreAsync(2, "c");
        await lab.RunAsync(await lab.StartAsync(ReplayTarget.Kafka, new ReplayFilter { AggregateId = "c" }));

        await lab.NotifyAsync(await lab.RepeatedAsync());

        Assert.Empty(lab.Handled);
        Assert.Equal(missed, await FindAsync(lab, new ReplayFilter(), ReplayType.Recovery));
    }

    private static async Task<List<Guid>> FindAsync(ReplayLab lab, ReplayFilter filter, ReplayType type = ReplayType.Query)
    {
        await using var scope = lab.Database.As(Caller.Platform);
        return await scope.Get<ReplaySelection>().Matching(type, filter).OrderBy(e => e.Sequence).Select(e => e.EventId).ToListAsync();
    }
}
