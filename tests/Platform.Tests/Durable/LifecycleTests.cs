using Platform.Tests.Fixtures;

namespace Platform.Tests.Durable;

/// <summary>Starting, steering, querying and removing instances, and what they do to each other.</summary>
public sealed class LifecycleTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    public static TheoryData<Db> Stores => [Db.Sqlite, Db.Postgres];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Start_SameId_RefusedWhileRunningAndByDedupeStatus(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Orchestrator("Wait", async c => await c.WaitForExternalEvent<string>("go"));
        await h.StartAsync();
        var options = new StartOrchestrationOptions("one");
        await h.Client.ScheduleNewOrchestrationInstanceAsync("Wait", 1, options);

        await Assert.ThrowsAsync<InvalidOperationException>(() => h.Client.ScheduleNewOrchestrationInstanceAsync("Wait", 2, options));
        await h.Client.RaiseEventAsync("one", "go", "first");
        await h.CompletionAsync("one");
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            h.Client.ScheduleNewOrchestrationInstanceAsync("Wait", 3, options.WithDedupeStatuses(OrchestrationRuntimeStatus.Completed)));
        await h.Client.ScheduleNewOrchestrationInstanceAsync("Wait", 4, options);
        await h.Client.RaiseEventAsync("one", "go", "second");

        var done = await h.CompletionAsync("one");
        Assert.Equal("second", done.ReadOutputAs<string>());
        Assert.Equal(4, done.ReadInputAs<int>());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task WaitForCompletion_SameIdAgainAndAgain_TellsTheEndOfItsOwnRun(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Orchestrator("Echo", c => Task.FromResult<object?>(c.GetInput<string>()));
        await h.StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async id =>
        {
            for (var run = 0; run < 50; run++)
                Assert.Equal($"{id} {run}", (await h.RunAsync("Echo", $"{id} {run}", $"e{id}")).ReadOutputAs<string>());
        }));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Start_SameIdConcurrently_OneWins(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Orchestrator("Wait", async c => await c.WaitForExternalEvent<string>("go"));
        await h.StartAsync();

        var starts = await Task.WhenAll(Enumerable.Range(0, 30).Select(async i =>
        {
            try
            {
                await h.Client.ScheduleNewOrchestrationInstanceAsync("Wait", i, new StartOrchestrationOptions("same"));
                return true;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }));

        Assert.Single(starts, won => won);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task StartAt_InTheFuture_WaitsAlsoThroughARestart(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server, fakeTime: true);
        h.Functions.Orchestrator("Late", c => Task.FromResult<object?>(c.CurrentUtcDateTime.Hour));
        await h.StartAsync();
        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Late", new StartOrchestrationOptions(null, h.FakeClock!.GetUtcNow().AddHours(2)));

        await h.CrashAndRestartAsync();
        h.FakeClock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await h.Client.GetInstanceAsync(id))!.RuntimeStatus);
        var waiting = h.CompletionAsync(id);
        while (!waiting.IsCompleted)
        {
            h.FakeClock.Advance(TimeSpan.FromMinutes(61));
            await Task.WhenAny(waiting, Task.Delay(500));
        }

        Assert.True((await waiting).ReadOutputAs<int>() >= 14);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task ContinueAsNew_KeepsUnprocessedEventsAndDropsTheOldGeneration(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        var release = new TaskCompletionSource();
        h.Functions.Activity("Slow", async (_, _) =>
        {
            await release.Task;
            return "stale";
        });
        h.Functions.Orchestrator("Counter", async c =>
        {
            var (count, sum) = c.GetInput<(int, int)>();
            if (count == 0)
                _ = c.CallActivityAsync<string>("Slow");
            if (count == 40)
                return sum;
            sum += await c.WaitForExternalEvent<int>("add");
            c.ContinueAsNew((count + 1, sum));
            return null;
        });
        await h.StartAsync();

        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Counter", (0, 0));
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => h.Client.RaiseEventAsync(id, "add", i)));
        release.SetResult();
        var done = await h.CompletionAsync(id);

        Assert.Equal(780, done.ReadOutputAs<int>());
        Assert.Equal((40, 780), done.ReadInputAs<(int, int)>());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task ContinueAsNew_WithoutPreservedEvents_StartsEmpty(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Orchestrator("Again", async c =>
        {
            if (c.GetInput<string>() == "second")
                return await c.WaitForExternalEvent<string>("x");
            await c.WaitForExternalEvent<object>("go");
            c.ContinueAsNew("second", preserveUnprocessedEvents: false);
            return null;
        });
        await h.StartAsync();
        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Again", "first");
        await h.Client.RaiseEventAsync(id, "x", "old");
        await h.Client.RaiseEventAsync(id, "go");
        await h.UntilAsync(id, m => m.SerializedInput == "\"second\"");
        await h.Client.RaiseEventAsync(id, "x", "new");

        Assert.Equal("new", (await h.CompletionAsync(id)).ReadOutputAs<string>());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task SuspendResume_HoldsBackEventsAcrossARestart(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Orchestrator("Wait", async c => await c.WaitForExternalEvent<string>("go"));
        await h.StartAsync();
        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Wait");
        await h.Client.SuspendInstanceAsync(id, "pause");
        await h.UntilAsync(id, m => m.RuntimeStatus == OrchestrationRuntimeStatus.Suspended);
        await h.Client.RaiseEventAsync(id, "go", "held");

        await h.CrashAndRestartAsync();
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, (await h.Client.GetInstanceAsync(id))!.RuntimeStatus);
        await h.Client.ResumeInstanceAsync(id);

        Assert.Equal("held", (await h.CompletionAsync(id)).ReadOutputAs<string>());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Terminate_Recursive_TakesTheChildrenAlong(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Orchestrator("Wait", async c => await c.WaitForExternalEvent<string>("go"));
        h.Functions.Orchestrator("Parent", async c =>
            await c.CallSubOrchestratorAsync<string>("Wait", null, new SubOrchestrationOptions(instanceId: $"{c.InstanceId}-child")));
        await h.StartAsync();
        foreach (var id in new[] { "deep", "flat" })
            await h.Client.ScheduleNewOrchestrationInstanceAsync("Parent", new StartOrchestrationOptions(id));
        foreach (var id in new[] { "deep-child", "flat-child" })
            await h.UntilAsync(id, m => m.IsRunning);

        await h.Client.TerminateInstanceAsync("deep", new TerminateInstanceOptions("stop", Recursive: true));
        await h.Client.TerminateInstanceAsync("flat", (object)"only me");

        Assert.Equal("stop", (await h.CompletionAsync("deep")).ReadOutputAs<string>());
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await h.CompletionAsync("deep-child")).RuntimeStatus);
        Assert.Equal("only me", (await h.CompletionAsync("flat")).ReadOutputAs<string>());
        Assert.True((await h.Client.GetInstanceAsync("flat-child"))!.IsRunning);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task SendEvent_BetweenInstances_Arrives(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Orchestrator("Wait", async c => await c.WaitForExternalEvent<string>("go"));
        h.Functions.Orchestrator("Send", c =>
        {
            c.SendEvent("receiver", "go", "hello");
            c.SendEvent("nobody", "go", "lost");
            return Task.FromResult<object?>(null);
        });
        await h.StartAsync();
        await h.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("receiver"));
        await h.RunAsync("Send");

        Assert.Equal("hello", (await h.CompletionAsync("receiver")).ReadOutputAs<string>());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Purge_OnlyFinishedOnes_WithChildrenWhenRecursive(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Orchestrator("Wait", async c => await c.WaitForExternalEvent<string>("go"));
        h.Functions.Orchestrator("Leaf", _ => Task.FromResult<object?>(1));
        h.Functions.Orchestrator("Parent", async c => await c.CallSubOrchestratorAsync<int>("Leaf", null, new SubOrchestrationOptions(instanceId: $"{c.InstanceId}-child")));
        await h.StartAsync();
        await h.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("running"));
        await h.RunAsync("Parent", null, "a");
        await h.RunAsync("Parent", null, "b");

        Assert.Equal(0, (await h.Client.PurgeInstanceAsync("running")).PurgedInstanceCount);
        Assert.Equal(2, (await h.Client.PurgeInstanceAsync("a", new PurgeInstanceOptions(Recursive: true))).PurgedInstanceCount);
        Assert.Null(await h.Client.GetInstanceAsync("a-child"));
        Assert.Equal(2, (await h.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter())).PurgedInstanceCount);
        Assert.NotNull(await h.Client.GetInstanceAsync("running"));
        await h.Client.RaiseEventAsync("running", "go", "fine");
        Assert.Equal("fine", (await h.CompletionAsync("running")).ReadOutputAs<string>());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Queries_FilterAndPage(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Orchestrator("Leaf", _ => Task.FromResult<object?>(1));
        h.Functions.Orchestrator("Fail", _ => throw new InvalidOperationException("no"));
        await h.StartAsync();
        for (var i = 0; i < 7; i++)
            await h.RunAsync(i == 3 ? "Fail" : "Leaf", i, $"q_{i}");
        await h.RunAsync("Leaf", null, "other");

        var pages = new List<IReadOnlyList<OrchestrationMetadata>>();
        await foreach (var page in h.Client.GetAllInstancesAsync(new OrchestrationQuery(InstanceIdPrefix: "q_", PageSize: 3)).AsPages())
            pages.Add(page.Values);
        var failed = new List<OrchestrationMetadata>();
        await foreach (var one in h.Client.GetAllInstancesAsync(new OrchestrationQuery(Statuses: [OrchestrationRuntimeStatus.Failed])))
            failed.Add(one);
        var first = await h.Client.ListInstanceIdsAsync(pageSize: 5);
        var rest = await h.Client.ListInstanceIdsAsync(pageSize: 5, lastInstanceKey: first.ContinuationToken);

        Assert.Equal(["q_6", "q_5", "q_4", "q_3", "q_2", "q_1", "q_0"], pages.SelectMany(p => p).Select(m => m.InstanceId));
        Assert.Equal(3, pages.Count);
        Assert.Equal("q_3", Assert.Single(failed).InstanceId);
        Assert.Equal("no", failed[0].FailureDetails!.ErrorMessage);
        Assert.Equal(["q_0", "q_1", "q_2", "q_3", "q_4", "q_5", "q_6", "other"], first.Values.Concat(rest.Values));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Version_GivenOrDefault_IsTheInstancesAndThatOfItsSubOrchestrations(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Orchestrator("Child", c => Task.FromResult<object?>(c.Version));
        h.Functions.Orchestrator("Parent", async c =>
        {
            var given = await c.CallSubOrchestratorAsync<string>("Child", new SubOrchestrationOptions { Version = new TaskVersion("3.0") });
            return $"{c.Version} {await c.CallSubOrchestratorAsync<string>("Child")} {given} {c.CompareVersionTo("1.10") < 0}";
        });
        await h.StartAsync(o => o with { DefaultVersion = "1.9" });

        Assert.Equal("1.9 1.9 3.0 True", (await h.RunAsync("Parent")).ReadOutputAs<string>());
        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Parent", null, new StartOrchestrationOptions { Version = new TaskVersion("2.0") });
        Assert.Equal("2.0 1.9 3.0 False", (await h.CompletionAsync(id)).ReadOutputAs<string>());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Restart_FinishedInstance_RunsAgainWithItsInput(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Orchestrator("Echo", c => Task.FromResult<object?>(c.GetInput<string>()));
        await h.StartAsync();
        await h.RunAsync("Echo", "again", "e");

        var id = await h.Client.RestartAsync("e", restartWithNewInstanceId: true);

        Assert.NotEqual("e", id);
        Assert.Equal("again", (await h.CompletionAsync(id)).ReadOutputAs<string>());
    }
}
