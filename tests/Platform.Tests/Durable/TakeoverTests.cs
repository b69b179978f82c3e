using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Durable.Storage;
using Npgsql;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Durable;

/// <summary>Several nodes on one PostgreSQL.</summary>
public sealed class TakeoverTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    [Fact]
    public async Task TwoNodes_ShareThePartitionsAndServeEachOthersClients()
    {
        await using var h = await DurableHarness.CreateAsync(Db.Postgres, server);
        h.Functions.Activity("A", input => int.Parse(input!) + 1);
        h.Functions.Orchestrator("Child", async c => await c.CallActivityAsync<int>("A", c.GetInput<int>()));
        h.Functions.Orchestrator("Parent", async c =>
        {
            var sum = await c.WaitForExternalEvent<int>("add");
            foreach (var i in Enumerable.Range(0, 4))
                sum += await c.CallSubOrchestratorAsync<int>("Child", i);
            return sum;
        });
        var first = await h.StartAsync();
        var second = await h.StartAsync();
        await DurableHarness.UntilAsync(() => first.Engine.Node.Owned.Count() == 4 && second.Engine.Node.Owned.Count() == 4);

        var ids = Enumerable.Range(0, 20).Select(i => $"i{i}").ToList();
        foreach (var id in ids)
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Parent", null, new StartOrchestrationOptions(id));
        await Task.WhenAll(ids.Select(id => second.Client.RaiseEventAsync(id, "add", 100)));
        var results = await Task.WhenAll(ids.Select((id, i) => (i % 2 == 0 ? first : second).Client.WaitForInstanceCompletionAsync(id, true).WaitAsync(DurableHarness.Patience)));

        Assert.All(results, r => Assert.Equal(110, r.ReadOutputAs<int>()));
    }

    [Fact]
    public async Task NewNode_GetsItsShareWithoutCuttingOffWhatRuns()
    {
        await using var h = await DurableHarness.CreateAsync(Db.Postgres, server);
        var release = new TaskCompletionSource();
        var runs = 0;
        h.Functions.Activity("Slow", async (_, _) =>
        {
            Interlocked.Increment(ref runs);
            await release.Task;
            return "done";
        });
        h.Functions.Orchestrator("One", async c => await c.CallActivityAsync<string>("Slow"));
        var first = await h.StartAsync();
        var ids = Enumerable.Range(0, 1000).Select(i => $"n{i}").DistinctBy(first.Engine.Node.PartitionOf).ToList(); // one in each partition
        foreach (var id in ids)
            await first.Client.ScheduleNewOrchestrationInstanceAsync("One", null, new StartOrchestrationOptions(id));
        await DurableHarness.UntilAsync(() => Volatile.Read(ref runs) == ids.Count);

        var second = await h.StartAsync();
        await DurableHarness.UntilAsync(() => first.Engine.Node.HasPeers);
        release.SetResult();
        foreach (var id in ids)
            await first.Client.WaitForInstanceCompletionAsync(id, true).WaitAsync(DurableHarness.Patience);

        await DurableHarness.UntilAsync(() => first.Engine.Node.Owned.Count() == 4 && second.Engine.Node.Owned.Count() == 4);
        Assert.Equal((8, 8), (ids.Count, Volatile.Read(ref runs)));
    }

    [Fact]
    public async Task DeadNode_LosesItsPartitionsAndItsLateCommitIsRefused()
    {
        await using var h = await DurableHarness.CreateAsync(Db.Postgres, server);
        var release = new TaskCompletionSource();
        var runs = 0;
        h.Functions.Activity("Slow", async (_, _) =>
        {
            var run = Interlocked.Increment(ref runs);
            if (run == 1)
                await release.Task;
            return $"run {run}";
        });
        h.Functions.Orchestrator("One", async c => await c.CallActivityAsync<string>("Slow") + await c.WaitForExternalEvent<string>("go"));
        var first = await h.StartAsync();
        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("One");
        await DurableHarness.UntilAsync(() => Volatile.Read(ref runs) == 1);
        var partition = first.Engine.Node.OwnedOrNull(first.Engine.Node.PartitionOf(id))!;

        // The first node stalls: it is alive and can write, but its heartbeats do not get through.
        first.Store.LoseHeartbeats = true;
        var second = await h.StartAsync();
        await DurableHarness.UntilAsync(() => second.Engine.Node.OwnedOrNull(partition.Id) is not null);
        await DurableHarness.UntilAsync(() => Volatile.Read(ref runs) == 2);
        await DeterminismTests.HistoryOfAsync(h, id, checkpoints: 2);
        var late = new TaskCompletionSource<Exception?>();
        var checkpoint = new Checkpoint(late.SetResult)
        {
            Fence = partition.Lease,
            Update = new InstanceUpdate(id, (await second.Store.LoadAsync(id, default))!.Instance.Header.Generation, OrchestrationRuntimeStatus.Failed) { Number = 2, History = "[]" },
        };
        first.Engine.Node.Writer.Enqueue(checkpoint);
        Assert.IsType<FenceLostException>(await late.Task.WaitAsync(DurableHarness.Patience));
        Assert.True(partition.Lost.IsCancellationRequested);
        release.SetResult();
        await first.Client.RaiseEventAsync(id, "go", ", then on");

        var done = await first.Client.WaitForInstanceCompletionAsync(id, true).WaitAsync(DurableHarness.Patience);
        Assert.Equal("run 2, then on", done.ReadOutputAs<string>());
    }

    [Fact]
    public async Task DeadNode_WithItsCommitHalfSent_DoesNotHoldUpTheTakeover()
    {
        await using var h = await DurableHarness.CreateAsync(Db.Postgres, server);
        h.Functions.Orchestrator("Wait", async c => await c.WaitForExternalEvent<int>("go"));
        var first = await h.StartAsync();
        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Wait");
        await h.Client.WaitForInstanceStartAsync(id, CancellationToken.None);
        await first.CrashAsync();

        // A process that is paused while it sends leaves the server with the rest to wait for, and with the locks of the fence.
        await using var paused = h.Connect();
        await paused.OpenAsync();
        await using var half = paused.CreateCommand();
        half.CommandText = $"{PostgresFence.Hold.Replace("$1", "ARRAY(SELECT generate_series(0, 7))", StringComparison.Ordinal)}; SELECT pg_sleep(600)";
        half.CommandTimeout = 0;
        var halfSent = Record.ExceptionAsync(() => half.ExecuteNonQueryAsync());
        var second = await h.StartAsync();
        await DurableHarness.UntilAsync(() => second.Engine.Node.Owned.Count() == 8);
        await second.Client.RaiseEventAsync(id, "go", 3);

        Assert.Equal(3, (await h.CompletionAsync(id)).ReadOutputAs<int>());
        Assert.IsType<PostgresException>(await halfSent.WaitAsync(DurableHarness.Patience));
    }

    [Fact]
    public async Task Commit_OneFenceLost_TheRestOfTheBatchCommits()
    {
        await using var h = await DurableHarness.CreateAsync(Db.Postgres, server);
        h.Functions.Orchestrator("Wait", async c => await c.WaitForExternalEvent<int>("go"));
        var engine = await h.StartAsync();
        var node = engine.Engine.Node;
        var ids = Enumerable.Range(0, 40).Select(i => $"w{i}").ToList();
        await Task.WhenAll(ids.Select(id => h.Client.ScheduleNewOrchestrationInstanceAsync("Wait", null, new StartOrchestrationOptions(id))));
        await Task.WhenAll(ids.Select(id => h.Client.WaitForInstanceStartAsync(id, CancellationToken.None)));

        // Somebody else raises one epoch behind the node's back; its own lease object stays as it was.
        var stolen = node.Owned.First();
        await engine.Store.Inner.RefenceAsync(node.Id, [new PartitionLease(stolen.Id, stolen.Lease.Epoch)], CancellationToken.None);
        await Task.WhenAll(ids.Select(id => h.Client.RaiseEventAsync(id, "go", 1)));
        var results = await Task.WhenAll(ids.Select(h.CompletionAsync));

        Assert.All(results, r => Assert.Equal(OrchestrationRuntimeStatus.Completed, r.RuntimeStatus));
        Assert.True(stolen.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task StoppedNode_GivesItsPartitionsBackAtOnce()
    {
        await using var h = await DurableHarness.CreateAsync(Db.Postgres, server);
        h.Functions.Orchestrator("Wait", async c => await c.WaitForExternalEvent<int>("go"));
        var first = await h.StartAsync(o => o with { Lease = TimeSpan.FromHours(1) });
        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Wait");
        await first.Engine.StopAsync(CancellationToken.None);

        var second = await h.StartAsync(o => o with { Lease = TimeSpan.FromHours(1) });
        await second.Client.RaiseEventAsync(id, "go", 3);

        Assert.Equal(3, (await h.CompletionAsync(id)).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Wait_PartitionComesHereAfterTheInstanceEndedElsewhere_IsToldOfTheEnd()
    {
        await using var h = await DurableHarness.CreateAsync(Db.Postgres, server);
        h.Functions.Orchestrator("Wait", async c => await c.WaitForExternalEvent<int>("go"));
        var first = await h.StartAsync(o => o with { Lease = TimeSpan.FromHours(1), Partitions = 1 });
        var id = await first.Client.ScheduleNewOrchestrationInstanceAsync("Wait");
        await first.Client.WaitForInstanceStartAsync(id);
        var second = await h.StartAsync(o => o with { Lease = TimeSpan.FromHours(1), Partitions = 1 });
        second.Store.IsDeaf = true;
        second.Store.AfterGet = async () =>
        {
            second.Store.AfterGet = null;
            await first.Client.RaiseEventAsync(id, "go", 3);
            await first.Client.WaitForInstanceCompletionAsync(id);
            await first.Engine.StopAsync(CancellationToken.None);
            await DurableHarness.UntilAsync(() => second.Engine.Node.OwnedOrNull(0) is not null);
        };

        Assert.Equal(3, (await h.CompletionAsync(id)).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Schema_OpenedByManyNodesAtOnce_IsMadeOnce()
    {
        await using var h = await DurableHarness.CreateAsync(Db.Postgres, server);
        h.Functions.Orchestrator("Leaf", _ => Task.FromResult<object?>(1));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => h.StartAsync())));

        Assert.Equal(1, (await h.RunAsync("Leaf")).ReadOutputAs<int>());
    }
}
