using Platform.Tests.Fixtures;

namespace Platform.Tests.Durable;

/// <summary>Crashes and failing commits neither lose nor repeat the effect of an entity's operation.</summary>
public sealed class EntityRecoveryTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private const int Rounds = 6;

    public static TheoryData<Db> Stores => [Db.Sqlite, Db.Postgres];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Crash_AtEveryPoint_EndsInTheSameState(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        AddStory(h);
        var commitsUntilCrash = 1;
        await StartUntilCrashAsync(h, commitsUntilCrash);
        await h.Client.ScheduleNewOrchestrationInstanceAsync("Story", 1, new StartOrchestrationOptions("s")).WaitAsync(DurableHarness.Patience);
        while (true)
        {
            var crashed = h.Engine;
            var end = h.CompletionAsync("s");
            if (await Task.WhenAny(end, CrashedAsync(crashed)) == end)
                break;
            await crashed.CrashAsync();
            await StartUntilCrashAsync(h, ++commitsUntilCrash);
        }

        Assert.Equal("1,2,3,4,5,6", (await h.CompletionAsync("s")).ReadOutputAs<string>());
        h.Engine.Store.AfterCommit = null;
        await ExpectAsync(h, stories: 1);
        Assert.True(commitsUntilCrash > 3);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Commits_FailingAtRandom_LoseAndRepeatNothing(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        AddStory(h);
        var engine = await h.StartAsync();
        var ids = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => h.Client.ScheduleNewOrchestrationInstanceAsync("Story", 1)));
        var random = new Random(11);
        var failures = 0;
        engine.Store.BeforeCommit = _ => random.Next(4) == 0 ? throw new IOException($"before {++failures}") : Task.CompletedTask;
        engine.Store.AfterCommit = _ => random.Next(4) == 0 ? throw new IOException($"after {++failures}") : Task.CompletedTask;
        await Task.WhenAll(ids.Select(h.CompletionAsync));

        await ExpectAsync(h, stories: 12);
        Assert.True(failures > 3);
    }

    [Fact]
    public async Task Takeover_OfAnEntitysPartition_LosesAndRepeatsNothing()
    {
        await using var h = await DurableHarness.CreateAsync(Db.Postgres, server);
        AddStory(h);
        var first = await h.StartAsync();
        await h.StartAsync();
        var ids = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => h.Client.ScheduleNewOrchestrationInstanceAsync("Story", 1)));
        await first.CrashAsync();
        await Task.WhenAll(ids.Select(h.CompletionAsync));

        await ExpectAsync(h, stories: 12);
    }

    /// <summary>Each round counts on one entity inside a lock; each count is passed on to another one.</summary>
    private static void AddStory(DurableHarness h)
    {
        h.Functions.Entity("Account", () => new Account());
        h.Functions.Orchestrator("Note", c => Task.FromResult<object?>(null));
        h.Functions.Orchestrator("Story", async c =>
        {
            var seen = new List<int>();
            for (var i = 0; i < Rounds; i++)
            {
                await using var section = await c.Entities.LockEntitiesAsync(Account.Id("a"), Account.Id("z"));
                var before = await c.Entities.CallEntityAsync<int>(Account.Id("a"), "Get");
                await c.Entities.CallEntityAsync(Account.Id("a"), "Forward", c.GetInput<int>());
                seen.Add(await c.Entities.CallEntityAsync<int>(Account.Id("a"), "Get"));
                if (seen[^1] != before + 1)
                    throw new InvalidOperationException("Somebody else was in.");
            }

            return string.Join(',', seen);
        });
    }

    private static async Task ExpectAsync(DurableHarness h, int stories)
    {
        await EntityTests.StateAsync<int>(h, Account.Id("audit"), n => n >= stories * Rounds);
        Assert.Equal(stories * Rounds, (await h.Client.Entities.GetEntityAsync<int>(Account.Id("audit")))!.State);
        Assert.Equal(stories * Rounds, (await h.Client.Entities.GetEntityAsync<int>(Account.Id("a")))!.State);
        await EntityTests.UntilAsync(async () => (await h.Engine.Store.ReadPendingAsync([.. Enumerable.Range(0, 8)], null, CancellationToken.None)).Messages.Count == 0);
        Assert.Equal(stories * Rounds, (await h.Client.Entities.GetEntityAsync<int>(Account.Id("audit")))!.State);
    }

    private static async Task StartUntilCrashAsync(DurableHarness h, int commits)
    {
        var engine = await h.StartAsync();
        engine.Store.AfterCommit = batch =>
        {
            if (batch.Any(c => c.Update is not null || c.Entity is not null) && --commits == 0)
                engine.Store.Crash();
            return Task.CompletedTask;
        };
    }

    private static async Task CrashedAsync(TestEngine engine)
    {
        while (!engine.Store.IsCrashed)
            await Task.Delay(5);
    }
}
