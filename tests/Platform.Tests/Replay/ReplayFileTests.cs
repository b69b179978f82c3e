using System.Text;
using Platform.Blobs;
using Platform.Identity;
using Platform.Replay;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Replay;

/// <summary>Sessions that write files.</summary>
public sealed class ReplayFileTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task File_OfSeveralBatches_HoldsEachEventOnceInOrder(Db db)
    {
        await using var lab = await ReplayLab.CreateAsync(db, postgres);
        var ids = await lab.StoreAsync(12);
        var session = await lab.RunAsync(await lab.StartAsync(ReplayTarget.File, configure: c => c with { BatchSize = 5, TargetFilePath = "Out/A_b-1.jsonl" }));

        var lines = (await lab.LinesAsync(session.Id, "out/a_b-1.jsonl"))!;
        Assert.Equal(ids, lines.Select(ReplayLines.OriginalOf));
        Assert.Equal(12, lines.Select(line => line.GetProperty("event_id").GetGuid()).Distinct().Count());
        Assert.Equal(session.CorrelationId, lines[0].GetProperty("correlation_id").GetString());
        Assert.Equal(11, lines[11].GetProperty("payload").GetProperty("number").GetInt32());
        Assert.Equal([$"replays/{session.Id}/out/a_b-1.jsonl"], await KeysAsync(lab));
        Assert.Empty(await lab.RepeatedAsync());
    }

    [Fact]
    public async Task File_PartOfAnAttemptThatDidNotCount_IsLeftOut()
    {
        await using var lab = await ReplayLab.CreateAsync(Db.Sqlite, postgres);
        var ids = await lab.StoreAsync(4);
        var id = await lab.StartAsync(ReplayTarget.File, configure: c => c with { BatchSize = 2 });
        await lab.AdvanceAsync(id);
        await WriteUncountedAsync(lab, await lab.GetAsync(id));
        await lab.ControlAsync(c => c.CancelAsync(id, default));

        Assert.True(await lab.FinishAsync(id));

        Assert.Equal(ids.Take(2), (await lab.LinesAsync(id))!.Select(ReplayLines.OriginalOf));
    }

    [Fact]
    public async Task File_BatchRepeatedAfterACrash_CountsOnce()
    {
        await using var lab = await ReplayLab.CreateAsync(Db.Sqlite, postgres);
        var ids = await lab.StoreAsync(4);
        var id = await lab.StartAsync(ReplayTarget.File, configure: c => c with { BatchSize = 2 });
        await lab.AdvanceAsync(id);
        var before = await lab.GetAsync(id);
        await WriteUncountedAsync(lab, before);
        await lab.AdvanceAsync(id);
        await WriteUncountedAsync(lab, before); // the node that lost the session comes late

        await lab.RunAsync(id);
        Assert.True(await lab.FinishAsync(id)); // the end, once more

        Assert.Equal(ids, (await lab.LinesAsync(id))!.Select(ReplayLines.OriginalOf));
    }

    [Fact]
    public async Task File_OfAPausedSession_IsNotMadeYet()
    {
        await using var lab = await ReplayLab.CreateAsync(Db.Sqlite, postgres);
        await lab.StoreAsync(2);
        var id = await lab.StartAsync(ReplayTarget.File);
        await lab.AdvanceAsync(id);
        await lab.ControlAsync(c => c.PauseAsync(id, default));

        Assert.False(await lab.FinishAsync(id));

        Assert.Null(await lab.LinesAsync(id));
        await lab.ControlAsync(c => c.ResumeAsync(id, default));
        await lab.RunAsync(id);
        Assert.Equal(2, (await lab.LinesAsync(id))!.Count);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Sweep_OldSessions_GoWithTheirFilesAndIdleOnesAreCancelledFirst(Db db)
    {
        await using var lab = await ReplayLab.CreateAsync(db, postgres);
        await lab.StoreAsync(1);
        var done = (await lab.RunAsync(await lab.StartAsync(ReplayTarget.File))).Id;
        var paused = await lab.StartAsync(ReplayTarget.Test);
        await lab.ControlAsync(c => c.PauseAsync(paused, default));
        var running = await lab.StartAsync(ReplayTarget.Test);
        lab.Database.Clock.Advance(TimeSpan.FromDays(29));
        await SweepAsync(lab);
        Assert.Equal(ReplayStatus.Paused, (await lab.GetAsync(paused)).Status);
        Assert.NotEmpty(await KeysAsync(lab));

        lab.Database.Clock.Advance(TimeSpan.FromDays(2));
        await SweepAsync(lab);

        Assert.Empty(await KeysAsync(lab));
        await using var scope = lab.Database.As(Caller.Platform);
        Assert.Equal([running], scope.Db.ReplaySessions.Select(s => s.Id).ToList());
        Assert.NotEqual(done, running);
    }

    // An attempt whose progress was lost.
    private static async Task WriteUncountedAsync(ReplayLab lab, ReplaySession session)
    {
        await using var scope = lab.Database.As(Caller.Platform);
        using var lines = new MemoryStream(Encoding.UTF8.GetBytes("{\"written\":\"before the crash\"}\n"));
        var part = new ReplayFilePart { SessionId = session.Id, Begin = session.LastSequence, Attempt = Guid.CreateVersion7() };
        await scope.Get<ReplayFiles>().WritePartAsync(part, lines, default);
    }

    private static async Task SweepAsync(ReplayLab lab)
    {
        await using var scope = lab.Database.As(Caller.Platform);
        await scope.Get<ReplayCleanup>().SweepAsync(default);
    }

    private static async Task<List<string>> KeysAsync(ReplayLab lab)
    {
        List<string> keys = [];
        await foreach (var blob in lab.Database.Get<IBlobStore>().ListAsync("", default))
            keys.Add(blob.Key);
        return keys;
    }
}
