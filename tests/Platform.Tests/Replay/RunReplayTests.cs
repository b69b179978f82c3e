using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;
using Platform.Identity;
using Platform.Replay;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Replay;

/// <summary>What a session's batches do, on both databases.</summary>
public sealed class RunReplayTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Bus_Batches_RepeatEachEventOnceInOrderWithItsProvenance(Db db)
    {
        await using var lab = await ReplayLab.CreateAsync(db, postgres);
        var ids = await lab.StoreAsync(7);
        var session = await lab.RunAsync(await lab.StartAsync(ReplayTarget.Kafka, configure: c => c with { BatchSize = 3, TargetService = "projections" }));

        var repeated = await lab.RepeatedAsync();
        Assert.Equal(ids.Cast<Guid?>(), repeated.Select(e => e.ReplayOf));
        Assert.All(repeated, e => Assert.DoesNotContain(e.EventId, ids));
        Assert.Equal((ReplayStatus.Completed, 7, 7, 0, 0), (session.Status, session.TotalEvents, session.ReplayedEvents, session.FailedEvents, session.SkippedEvents));
        var first = repeated[0];
        var extra = first.ReadMetadata().Extra!;
        Assert.True(extra["replayed"].GetBoolean());
        Assert.Equal((ids[0], session.Id, "projections"), (extra["original_event_id"].GetGuid(), extra["replay_session_id"].GetGuid(), extra["replay_target"].GetString()));
        Assert.Equal((session.CorrelationId, "a", "execution-service"), (first.CorrelationId, first.AggregateId, first.ServiceName));
        Assert.Equal(lab.Database.Clock.GetUtcNow(), first.Timestamp);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Bus_SecondSession_TakesOriginalsOnlyAndWhatWasStoredBefore(Db db)
    {
        await using var lab = await ReplayLab.CreateAsync(db, postgres);
        var ids = await lab.StoreAsync(2, gap: TimeSpan.FromMinutes(1));
        await lab.RunAsync(await lab.StartAsync(ReplayTarget.Kafka));

        var second = await lab.StartAsync(ReplayTarget.Kafka, configure: c => c with { BatchSize = 1, PreserveTimestamps = true });
        Assert.Equal(ReplayStep.More, await lab.AdvanceAsync(second));
        await lab.StoreAsync(3); // after it was counted
        var session = await lab.RunAsync(second);

        Assert.Equal((2, 2), (session.TotalEvents, session.ReplayedEvents));
        var repeated = await lab.RepeatedAsync();
        Assert.Equal([.. ids, .. ids], repeated.Select(e => e.ReplayOf!.Value));
        Assert.Equal(TimeSpan.FromMinutes(1), repeated[3].Timestamp - repeated[2].Timestamp); // preserved
        Assert.Equal(TimeSpan.Zero, repeated[1].Timestamp - repeated[0].Timestamp);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Bus_ManyAttemptsAtOnce_RepeatEachEventOnce(Db db)
    {
        await using var lab = await ReplayLab.CreateAsync(db, postgres);
        var ids = await lab.StoreAsync(40);
        var id = await lab.StartAsync(ReplayTarget.Kafka, configure: c => c with { BatchSize = 5 });
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            while (await lab.AdvanceAsync(id) is { Kind: ReplayStepKind.More })
            {
            }
        }));

        var session = await lab.RunAsync(id);

        Assert.Equal((40, 40), (session.TotalEvents, session.ReplayedEvents));
        Assert.Equal(ids, (await lab.RepeatedAsync()).Select(e => e.ReplayOf!.Value));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Bus_PausedOrCancelled_StopsBehindTheEventInHand(Db db)
    {
        await using var lab = await ReplayLab.CreateAsync(db, postgres);
        await lab.StoreAsync(4);
        var id = await lab.StartAsync(ReplayTarget.Kafka, configure: c => c with { BatchSize = 1 });
        await lab.AdvanceAsync(id);
        var before = await lab.GetAsync(id);

        Assert.True((await lab.ControlAsync(c => c.PauseAsync(id, default))).IsOk);
        Assert.Equal(ReplayStep.Paused, await lab.AdvanceAsync(id));
        await using (var scope = lab.Database.As(Caller.Platform)) // an attempt that began before the pause
        {
            var late = new ReplayAdvance(before, before.LastSequence + 1, before.CreatedAt, 1, []);
            Assert.False(await scope.Db.InTransactionAsync(() => ReplayProgress.AdvanceAsync(scope.Db, late, default), default));
        }

        Assert.True((await lab.ControlAsync(c => c.ResumeAsync(id, default))).IsOk);
        Assert.Equal(ReplayStep.More, await lab.AdvanceAsync(id));
        Assert.True((await lab.ControlAsync(c => c.CancelAsync(id, default))).IsOk);
        Assert.Equal(ReplayStep.Over, await lab.AdvanceAsync(id));
        Assert.True(await lab.FinishAsync(id));
        var session = await lab.GetAsync(id);
        Assert.Equal((ReplayStatus.Cancelled, 2), (session.Status, session.ReplayedEvents));
        Assert.Equal(2, (await lab.RepeatedAsync()).Count);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Bus_GapsBetweenEvents_AreWaitedForHereOrByTheWorkflow(Db db)
    {
        await using var lab = await ReplayLab.CreateAsync(db, postgres);
        await lab.StoreAsync(2, gap: TimeSpan.FromSeconds(1)); // 0.5 s at double speed: here
        lab.Database.Clock.Advance(TimeSpan.FromSeconds(61));
        await lab.StoreAsync(1);
        var id = await lab.StartAsync(ReplayTarget.Kafka, configure: c => c with { SpeedMultiplier = 2 });

        var step = lab.AdvanceAsync(id);
        await Until.TrueAsync(async () => (await lab.RepeatedAsync()).Count == 1, "the first event is out");
        Assert.False(step.IsCompleted);
        while (!step.IsCompleted)
        {
            lab.Database.Clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.WhenAny(step, Task.Delay(5, CancellationToken.None));
        }

        var waiting = await step;
        Assert.Equal((ReplayStepKind.Waiting, TimeSpan.FromSeconds(30)), (waiting.Kind, waiting.Pause));
        Assert.Equal(2, (await lab.RepeatedAsync()).Count);
        Assert.Equal(waiting, await lab.AdvanceAsync(id)); // not due
        Assert.Equal(ReplayStep.More, await lab.AdvanceAsync(id, waiting.NextSequence));
        Assert.Equal(3, (await lab.RepeatedAsync()).Count);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task AnyTarget_MalformedEvent_IsCountedOrEndsTheSession(Db db)
    {
        await using var lab = await ReplayLab.CreateAsync(db, postgres);
        await lab.StoreAsync(2);
        var bad = Assert.Single(await lab.StoreAsync(1, payload: "{}"));
        await lab.StoreAsync(2);

        var skipping = await lab.RunAsync(await lab.StartAsync(ReplayTarget.Kafka));
        Assert.Equal((ReplayStatus.Completed, 5, 4, 1), (skipping.Status, skipping.TotalEvents, skipping.ReplayedEvents, skipping.FailedEvents));
        Assert.Equal(bad, Assert.Single(skipping.Errors).EventId);

        var strict = await lab.RunAsync(await lab.StartAsync(ReplayTarget.Test, configure: c => c with { SkipErrors = false }));
        Assert.Equal((ReplayStatus.Failed, 2, 1), (strict.Status, strict.ReplayedEvents, strict.FailedEvents));
        Assert.NotNull(strict.CompletedAt);
        Assert.Equal(4, (await lab.RepeatedAsync()).Count); // the test put nothing on the bus
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Errors_OfMany_KeepTheFirstHundred(Db db)
    {
        await using var lab = await ReplayLab.CreateAsync(db, postgres);
        await lab.StoreAsync(103, payload: "{}");

        var session = await lab.RunAsync(await lab.StartAsync(ReplayTarget.Test));

        Assert.Equal((103, 100), (session.FailedEvents, session.Errors.Count));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Events_DeletedWhileItRuns_AreSkipped(Db db)
    {
        await using var lab = await ReplayLab.CreateAsync(db, postgres);
        var ids = await lab.StoreAsync(5);
        var id = await lab.StartAsync(ReplayTarget.Test, configure: c => c with { BatchSize = 2 });
        await lab.AdvanceAsync(id);
        await using (var scope = lab.Database.As(Caller.Platform))
            await scope.Db.InTransactionAsync(() => scope.Db.Events.Where(e => e.EventId == ids[3]).ExecuteDeleteAsync(), default);

        var session = await lab.RunAsync(id);

        Assert.Equal((ReplayStatus.Completed, 5, 4, 1), (session.Status, session.TotalEvents, session.ReplayedEvents, session.SkippedEvents));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task MaxEvents_LessThanMatching_TakesTheOldest(Db db)
    {
        await using var lab = await ReplayLab.CreateAsync(db, postgres);
        var ids = await lab.StoreAsync(5);

        var session = await lab.RunAsync(await lab.StartAsync(ReplayTarget.Kafka, configure: c => c with { MaxEvents = 3, BatchSize = 2 }));

        Assert.Equal((3, 3), (session.TotalEvents, session.ReplayedEvents));
        Assert.Equal(ids.Take(3), (await lab.RepeatedAsync()).Select(e => e.ReplayOf!.Value));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Nothing_Matches_CompletesWithNothing(Db db)
    {
        await using var lab = await ReplayLab.CreateAsync(db, postgres);

        var session = await lab.RunAsync(await lab.StartAsync(ReplayTarget.File));

        Assert.Equal((ReplayStatus.Completed, 0, 0), (session.Status, session.TotalEvents, session.SkippedEvents));
        Assert.Empty((await lab.LinesAsync(session.Id))!);
    }

    [Fact]
    public async Task Fail_OfASessionThatCannotGoOn_SaysSoAndKeepsItsEnd()
    {
        await using var lab = await ReplayLab.CreateAsync(Db.Sqlite, postgres);
        var id = await lab.StartAsync(ReplayTarget.Test);
        await using var scope = lab.Database.As(Caller.Platform);
        await scope.Get<FinishReplay>().FailAsync(id, "System.IO.IOException", default);
        var failed = await lab.GetAsync(id);
        Assert.Equal((ReplayStatus.Failed, "system_error"), (failed.Status, Assert.Single(failed.Errors).Type));

        await scope.Get<FinishReplay>().FailAsync(id, "again", default);
        Assert.Single((await lab.GetAsync(id)).Errors);
    }
}
