using Platform.Tests.Fixtures;

namespace Platform.Tests.Durable;

/// <summary>What orchestrator code may rely on, on both stores.</summary>
public sealed class OrchestrationTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    public static TheoryData<Db> Stores => [Db.Sqlite, Db.Postgres];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Activities_InSequence_ReturnTheirResults(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Activity("Double", input => int.Parse(input!) * 2);
        h.Functions.Orchestrator("Chain", async c =>
        {
            var n = c.GetInput<int>();
            for (var i = 0; i < 5; i++)
                n = await c.CallActivityAsync<int>("Double", n);
            return n;
        });
        await h.StartAsync();

        var done = await h.RunAsync("Chain", 3);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, done.RuntimeStatus);
        Assert.Equal(96, done.ReadOutputAs<int>());
        Assert.Equal("3", done.SerializedInput);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Activities_FanOut_AllComplete(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Activity("Square", input => int.Parse(input!) * int.Parse(input!));
        h.Functions.Orchestrator("Fan", async c => (await Task.WhenAll(Enumerable.Range(1, 200).Select(i => c.CallActivityAsync<int>("Square", i)))).Sum());
        await h.StartAsync();

        Assert.Equal(2686700, (await h.RunAsync("Fan")).ReadOutputAs<int>());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task WhenAny_EventBeforeTimer_CancelsTheTimer(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Orchestrator("Race", async c =>
        {
            using var cancel = new CancellationTokenSource();
            var timer = c.CreateTimer(TimeSpan.FromDays(400), cancel.Token);
            var approval = c.WaitForExternalEvent<string>("approval");
            var winner = await Task.WhenAny(timer, approval);
            cancel.Cancel();
            return winner == approval ? await approval : "late";
        });
        await h.StartAsync();

        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Race");
        await h.Client.RaiseEventAsync(id, "APPROVAL", "yes");

        Assert.Equal("yes", (await h.CompletionAsync(id)).ReadOutputAs<string>());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task ExternalEvents_RaisedBeforeTheWait_AreBufferedInOrder(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Orchestrator("Collect", async c =>
        {
            await c.WaitForExternalEvent<object>("go");
            var seen = new List<int>();
            while (seen.Count < 20)
                seen.Add(await c.WaitForExternalEvent<int>("n"));
            return seen;
        });
        await h.StartAsync();

        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Collect");
        for (var i = 0; i < 20; i++)
            await h.Client.RaiseEventAsync(id, i % 2 == 0 ? "N" : "n", i);
        await h.Client.RaiseEventAsync(id, "go");

        Assert.Equal(Enumerable.Range(0, 20), (await h.CompletionAsync(id)).ReadOutputAs<List<int>>());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task WaitForExternalEvent_Timeout_ThrowsTaskCanceled(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server, fakeTime: true);
        h.Functions.Orchestrator("Wait", async c =>
        {
            try
            {
                return await c.WaitForExternalEvent<string>("never", TimeSpan.FromHours(3));
            }
            catch (TaskCanceledException)
            {
                return $"timeout at {c.CurrentUtcDateTime:HH}";
            }
        });
        await h.StartAsync();

        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Wait");
        await h.Client.WaitForInstanceStartAsync(id, CancellationToken.None);
        h.FakeClock!.Advance(TimeSpan.FromHours(3));

        Assert.Equal("timeout at 15", (await h.CompletionAsync(id)).ReadOutputAs<string>());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Timers_OfAnyLength_FireInOrder(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server, fakeTime: true);
        h.Functions.Orchestrator("Sleep", async c =>
        {
            var order = new List<string>();
            async Task After(TimeSpan time, string name)
            {
                await c.CreateTimer(time, CancellationToken.None);
                order.Add(name);
            }

            await Task.WhenAll(After(TimeSpan.FromDays(100), "long"), After(TimeSpan.FromSeconds(5), "short"), After(TimeSpan.FromHours(1), "middle"));
            return order;
        });
        await h.StartAsync();

        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Sleep");
        await h.Client.WaitForInstanceStartAsync(id, CancellationToken.None);
        for (var day = 0; day < 5; day++)
            h.FakeClock!.Advance(TimeSpan.FromDays(20));

        Assert.Equal(["short", "middle", "long"], (await h.CompletionAsync(id)).ReadOutputAs<List<string>>());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task NewGuidAndTime_AcrossReplay_StayTheSame(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        var seen = new System.Collections.Concurrent.ConcurrentQueue<(Guid, Guid, DateTime)>();
        h.Functions.Orchestrator("Ids", async c =>
        {
            var ids = (c.NewGuid(), c.NewGuid(), c.CurrentUtcDateTime);
            seen.Enqueue(ids);
            await c.WaitForExternalEvent<object>("go");
            return ids.Item1;
        });
        await h.StartAsync();
        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Ids");
        await h.Client.WaitForInstanceStartAsync(id, CancellationToken.None);

        await h.CrashAndRestartAsync();
        await h.Client.RaiseEventAsync(id, "go");
        var done = await h.CompletionAsync(id);

        Assert.Equal(2, seen.Count);
        Assert.Single(seen.Distinct());
        var (first, second, _) = seen.First();
        Assert.NotEqual(first, second);
        Assert.Equal(5, first.Version);
        Assert.Equal(first, done.ReadOutputAs<Guid>());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task CustomStatus_WhileRunning_IsVisible(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Orchestrator("Status", async c =>
        {
            c.SetCustomStatus(new { step = "waiting" });
            await c.WaitForExternalEvent<object>("go");
            c.SetCustomStatus("done");
            return null;
        });
        await h.StartAsync();

        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Status");
        await h.UntilAsync(id, m => m.SerializedCustomStatus == "{\"step\":\"waiting\"}");
        await h.Client.RaiseEventAsync(id, "go");

        Assert.Equal("done", (await h.CompletionAsync(id)).ReadCustomStatusAs<string>());
    }
}
