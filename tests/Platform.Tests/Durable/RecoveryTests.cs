using System.Collections.Concurrent;
using EmbeddedFunctions.Durable;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Durable;

/// <summary>Crashes, failing commits and repeated messages change nothing about the results.</summary>
public sealed class RecoveryTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    public static TheoryData<Db> Stores => [Db.Sqlite, Db.Postgres];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Crash_AtEveryPoint_EndsInTheSameResult(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        AddStory(h.Functions);
        var commitsUntilCrash = 1;
        await StartUntilCrashAsync(h, commitsUntilCrash);
        await h.Client.ScheduleNewOrchestrationInstanceAsync("Story", 5, new StartOrchestrationOptions("s")).WaitAsync(DurableHarness.Patience);
        var raised = false;
        while (true)
        {
            var crashed = h.Engine;
            var end = h.CompletionAsync("s");
            if (!raised)
            {
                // A crash in the middle of the call leaves open whether the event arrived; a second one finds nobody who waits for it.
                var raise = h.Client.RaiseEventAsync("s", "go", 100);
                raised = await Task.WhenAny(raise, CrashedAsync(crashed)) == raise;
            }

            if (await Task.WhenAny(end, CrashedAsync(crashed)) == end)
                break;
            await crashed.CrashAsync();
            await StartUntilCrashAsync(h, ++commitsUntilCrash);
        }

        Assert.Equal("10,11,12 100 child 5", (await h.CompletionAsync("s")).ReadOutputAs<string>());
        Assert.True(commitsUntilCrash > 2);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Commits_FailingAtRandom_EndInTheResultsOfAFailureFreeRun(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        AddStory(h.Functions);
        var engine = await h.StartAsync();
        var ids = Enumerable.Range(0, 40).Select(i => $"s{i}").ToList();
        await Task.WhenAll(ids.Select((id, i) => h.Client.ScheduleNewOrchestrationInstanceAsync("Story", i, new StartOrchestrationOptions(id))));
        await Task.WhenAll(ids.Select(id => h.Client.RaiseEventAsync(id, "go", 100)));
        var random = new Random(7);
        var failures = 0;
        engine.Store.BeforeCommit = _ => random.Next(4) == 0 ? throw new IOException($"before {++failures}") : Task.CompletedTask;
        engine.Store.AfterCommit = _ => random.Next(4) == 0 ? throw new IOException($"after {++failures}") : Task.CompletedTask;
        var results = await Task.WhenAll(ids.Select(h.CompletionAsync));

        for (var i = 0; i < ids.Count; i++)
            Assert.Equal($"{i * 2},{i * 2 + 1},{i * 2 + 2} 100 child {i}", results[i].ReadOutputAs<string>());
        Assert.True(failures > 3);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Commit_PoisonedCheckpoint_DoesNotHoldUpTheRestOfTheBatch(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Activity("A", _ => 1);
        h.Functions.Orchestrator("Plain", async c => await c.CallActivityAsync<int>("A"));
        var engine = await h.StartAsync();
        var gate = new TaskCompletionSource();
        var refused = 0;
        engine.Store.BeforeCommit = async batch =>
        {
            await gate.Task;
            if (batch.Any(c => c.Update?.InstanceId == "poison"))
            {
                refused++;
                throw new InvalidOperationException("refused by the store");
            }
        };
        var starts = Enumerable.Range(0, 20).Select(i => h.Client.ScheduleNewOrchestrationInstanceAsync("Plain", new StartOrchestrationOptions(i == 7 ? "poison" : $"i{i}"))).ToList();
        gate.SetResult();
        await Task.WhenAll(starts);

        foreach (var i in Enumerable.Range(0, 20).Where(i => i != 7))
            Assert.Equal(1, (await h.CompletionAsync($"i{i}")).ReadOutputAs<int>());
        Assert.True(refused > 0);
        engine.Store.BeforeCommit = null;
        Assert.Equal(1, (await h.CompletionAsync("poison")).ReadOutputAs<int>());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Activity_UnderWayAtTheCrash_RunsAgain(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        var runs = 0;
        var release = new TaskCompletionSource();
        h.Functions.Activity("Slow", async (_, _) =>
        {
            if (Interlocked.Increment(ref runs) == 1)
                await release.Task;
            return "done";
        });
        h.Functions.Orchestrator("One", async c => await c.CallActivityAsync<string>("Slow"));
        await h.StartAsync();
        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("One");
        await DurableHarness.UntilAsync(() => Volatile.Read(ref runs) == 1);

        await h.CrashAndRestartAsync();

        Assert.Equal("done", (await h.CompletionAsync(id)).ReadOutputAs<string>());
        release.SetResult();
        Assert.Equal(2, runs);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Eviction_OfAWaitingInstance_RunsNoActivityTwice(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        var runs = 0;
        var replays = 0;
        var release = new TaskCompletionSource();
        h.Functions.Activity("Slow", async (_, _) =>
        {
            Interlocked.Increment(ref runs);
            await release.Task;
            return 1;
        });
        h.Functions.Orchestrator("One", async c =>
        {
            Interlocked.Increment(ref replays);
            return await c.CallActivityAsync<int>("Slow") + await c.WaitForExternalEvent<int>("more");
        });
        var engine = await h.StartAsync(o => o with { IdleTimeout = TimeSpan.Zero });
        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("One");
        await DurableHarness.UntilAsync(() => runs == 1 && !engine.Engine.Node.Owned.Any(p => p.Holds(id)));

        await h.Client.RaiseEventAsync(id, "more", 41);
        await DurableHarness.UntilAsync(() => Volatile.Read(ref replays) > 1);
        release.SetResult();

        Assert.Equal(42, (await h.CompletionAsync(id)).ReadOutputAs<int>());
        Assert.Equal(1, runs);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Messages_DeliveredTwiceOrForAnotherGeneration_ChangeNothing(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        var release = new TaskCompletionSource();
        h.Functions.Activity("Slow", async (_, _) =>
        {
            await release.Task;
            return 1;
        });
        h.Functions.Orchestrator("Sum", async c =>
        {
            var results = await Task.WhenAll(c.CallActivityAsync<int>("Slow"), c.WaitForExternalEvent<int>("n"), c.WaitForExternalEvent<int>("n"));
            return results.Sum();
        });
        var engine = await h.StartAsync();
        var node = engine.Engine.Node;
        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Sum");
        await DeterminismTests.HistoryOfAsync(h, id, checkpoints: 1);
        var generation = (await h.Engine.Store.LoadAsync(id, CancellationToken.None))!.Instance.Header.Generation;

        // The row is in the inbox once and is handed over three times; the outcomes come twice and from a generation that never was.
        var row = new Message(id, node.PartitionOf(id)) { Id = node.MessageIds.Next(), Event = new EventRaised("n", "10") };
        var checkpoint = new TaskCompletionSource();
        var commit = new Checkpoint(_ => checkpoint.SetResult());
        commit.Messages.Add(row);
        node.Writer.Enqueue(commit);
        await checkpoint.Task;
        for (var i = 0; i < 3; i++)
            node.Deliver(row);
        node.Deliver(new Message(id, row.Partition) { Generation = generation + 1, Event = new TaskCompleted(0, "1000") });
        for (var i = 0; i < 2; i++)
            node.Deliver(new Message(id, row.Partition) { Generation = generation, Event = new TaskCompleted(0, "5") });
        release.SetResult();
        await DeterminismTests.HistoryOfAsync(h, id, checkpoints: 2);
        node.Deliver(row);
        Assert.True((await h.Client.GetInstanceAsync(id))!.IsRunning);
        await h.Client.RaiseEventAsync(id, "n", 200);

        Assert.Equal(215, (await h.CompletionAsync(id)).ReadOutputAs<int>());
        var left = await h.Engine.Store.ReadPendingAsync([.. Enumerable.Range(0, 8)], null, CancellationToken.None);
        Assert.Empty(left.Messages);
    }

    [Fact]
    public async Task Sqlite_SecondProcessOnTheSameFile_IsRefused()
    {
        await using var h = await DurableHarness.CreateAsync(Db.Sqlite, server);
        await h.StartAsync();

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => h.StartAsync());

        Assert.Contains("Another process", refused.Message, StringComparison.Ordinal);
    }

    private static async Task StartUntilCrashAsync(DurableHarness h, int commits)
    {
        var engine = await h.StartAsync();
        // The client's own commits are not counted, else the start itself would be cut off.
        engine.Store.AfterCommit = batch =>
        {
            if (batch.Any(c => c.Update is not null) && --commits == 0)
                engine.Store.Crash();
            return Task.CompletedTask;
        };
    }

    private static async Task CrashedAsync(TestEngine engine)
    {
        while (!engine.Store.IsCrashed)
            await Task.Delay(5);
    }

    /// <summary>Something of everything: activities one after the other, an event, a sub-orchestration, a timer, a fan-out.</summary>
    private static void AddStory(DelegateFunctions functions)
    {
        functions.Activity("Double", input => int.Parse(input!) * 2).Activity("Next", input => int.Parse(input!) + 1);
        functions.Orchestrator("Child", async c =>
        {
            await c.CreateTimer(TimeSpan.FromMilliseconds(5), CancellationToken.None);
            return $"child {await c.CallActivityAsync<int>("Next", c.GetInput<int>() - 1)}";
        });
        functions.Orchestrator("Story", async c =>
        {
            var n = c.GetInput<int>();
            var first = await c.CallActivityAsync<int>("Double", n);
            var second = await c.CallActivityAsync<int>("Next", first);
            var third = await c.CallActivityAsync<int>("Next", second);
            var raised = await c.WaitForExternalEvent<int>("go");
            var child = await c.CallSubOrchestratorAsync<string>("Child", n);
            var fan = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => c.CallActivityAsync<int>("Next", i)));
            return fan.Sum() == 15 ? $"{first},{second},{third} {raised} {child}" : "wrong fan-out";
        });
    }
}
