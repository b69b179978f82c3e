using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Durable.Storage;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Durable;

/// <summary>Instances that are started without an id: creation and first turn are one commit.</summary>
public sealed class BirthTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task UnnamedStart_ThreeSteps_TakesFourCommits(Db db)
    {
        await using var h = await CreateAsync(db);
        var engine = await h.StartAsync();
        var before = engine.Store.Commits;
        var done = await h.CompletionAsync(await h.Client.ScheduleNewOrchestrationInstanceAsync("Steps", 3));

        Assert.Equal(3, done.ReadOutputAs<int>());
        Assert.Equal(before + 4, engine.Store.Commits); // the birth, a turn after each of the first two steps, the end
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task FirstTurn_WhateverItDoes_IsCommittedWithTheInstance(Db db)
    {
        await using var h = await CreateAsync(db);
        h.Functions.Orchestrator("Ends", c => Task.FromResult<object?>(7));
        h.Functions.Orchestrator("Again", async c =>
        {
            var round = c.GetInput<int>();
            if (round < 3)
                c.ContinueAsNew(round + 1);
            return await Task.FromResult<object?>(round);
        });
        h.Functions.Orchestrator("Parent", async c => await c.CallSubOrchestratorAsync<int>("Steps", 2));
        h.Functions.Orchestrator("Fails", c => throw new InvalidOperationException("on purpose"));
        h.Functions.Orchestrator("Sleeps", async c =>
        {
            await c.CreateTimer(TimeSpan.FromMilliseconds(30), CancellationToken.None);
            return 9;
        });
        await h.StartAsync();

        Assert.Equal(7, (await RunAsync("Ends")).ReadOutputAs<int>());
        Assert.Equal(3, (await RunAsync("Again")).ReadOutputAs<int>());
        Assert.Equal(2, (await RunAsync("Parent")).ReadOutputAs<int>());
        Assert.Equal(9, (await RunAsync("Sleeps")).ReadOutputAs<int>());
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await RunAsync("Fails")).RuntimeStatus);

        async Task<OrchestrationMetadata> RunAsync(string name) => await h.CompletionAsync(await h.Client.ScheduleNewOrchestrationInstanceAsync(name));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Birth_CommitFails_StoresNothingAndSaysSo(Db db)
    {
        await using var h = await CreateAsync(db);
        var engine = await h.StartAsync();
        engine.Store.BeforeCommit = _ =>
        {
            engine.Store.BeforeCommit = null;
            throw new IOException("the store is gone");
        };

        await Assert.ThrowsAsync<IOException>(() => h.Client.ScheduleNewOrchestrationInstanceAsync("Steps", 1));
        Assert.Empty(await StoredAsync(engine));
        Assert.Equal(2, (await h.CompletionAsync(await h.Client.ScheduleNewOrchestrationInstanceAsync("Steps", 2))).ReadOutputAs<int>());
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Birth_AnswerLost_TheInstanceRunsOnce(Db db)
    {
        await using var h = await CreateAsync(db);
        var engine = await h.StartAsync();
        engine.Store.AfterCommit = _ =>
        {
            engine.Store.AfterCommit = null;
            throw new IOException("the answer is lost");
        };

        await Assert.ThrowsAsync<IOException>(() => h.Client.ScheduleNewOrchestrationInstanceAsync("Steps", 2));
        var only = Assert.Single(await StoredAsync(engine));
        Assert.Equal(2, (await h.CompletionAsync(only.Header.InstanceId)).ReadOutputAs<int>());
        Assert.Single(await StoredAsync(engine));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Birth_ThenAPowerCut_GoesOnFromTheFirstTurn(Db db)
    {
        await using var h = await CreateAsync(db);
        var engine = await h.StartAsync();
        engine.Store.AfterCommit = _ =>
        {
            engine.Store.Crash();
            return Task.CompletedTask;
        };
        _ = h.Client.ScheduleNewOrchestrationInstanceAsync("Steps", 3);
        await DurableHarness.UntilAsync(() => engine.Store.IsCrashed);

        var next = await h.CrashAndRestartAsync();
        var only = Assert.Single(await StoredAsync(next));
        Assert.Equal(3, (await h.CompletionAsync(only.Header.InstanceId)).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Birth_LeaseLostMeanwhile_TheStartSucceedsAllTheSame()
    {
        await using var h = await CreateAsync(Db.Postgres);
        var engine = await h.StartAsync();
        var node = engine.Engine.Node;
        await DurableHarness.UntilAsync(() => node.Owned.Count() == node.PartitionCount);
        foreach (var owned in node.Owned.ToList())
            await engine.Store.Inner.RefenceAsync(node.Id, [new PartitionLease(owned.Id, owned.Lease.Epoch)], CancellationToken.None); // the node's own lease objects stay as they were

        var ids = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => h.Client.ScheduleNewOrchestrationInstanceAsync("Steps", 2)));
        var results = await Task.WhenAll(ids.Select(h.CompletionAsync));

        Assert.All(results, result => Assert.Equal(2, result.ReadOutputAs<int>()));
        Assert.Equal(40, (await StoredAsync(engine)).Count);
    }

    private async Task<DurableHarness> CreateAsync(Db db)
    {
        var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Activity("Next", input => int.Parse(input!) + 1);
        h.Functions.Orchestrator("Steps", async c =>
        {
            var n = 0;
            for (var steps = c.GetInput<int>(); steps > 0; steps--)
                n = await c.CallActivityAsync<int>("Next", n);
            return n;
        });
        return h;
    }

    private static Task<List<StoredInstance>> StoredAsync(TestEngine engine) => engine.Store.Inner.QueryAsync(new InstanceQuery(100), CancellationToken.None);
}
