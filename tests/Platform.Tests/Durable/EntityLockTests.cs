using EmbeddedFunctions.Durable;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Durable;

/// <summary>Critical sections: who gets in, in which order, and what ends them.</summary>
public sealed class EntityLockTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    public static TheoryData<Db> Stores => [Db.Sqlite, Db.Postgres];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Lock_ManyTransfersAtOnce_LoseNothing(Db db)
    {
        await using var h = await StartAsync(db);
        h.Functions.Orchestrator("Transfer", async c =>
        {
            var (from, to) = c.GetInput<(int, int)>();
            await using var section = await c.Entities.LockEntitiesAsync(Account.Id($"{from}"), Account.Id($"{to}"));
            var (a, b) = (await c.Entities.CallEntityAsync<int>(Account.Id($"{from}"), "Get"), await c.Entities.CallEntityAsync<int>(Account.Id($"{to}"), "Get"));
            await Task.WhenAll(c.Entities.CallEntityAsync(Account.Id($"{from}"), "Add", -1), c.Entities.CallEntityAsync(Account.Id($"{to}"), "Add", 1));
            return (await c.Entities.CallEntityAsync<int>(Account.Id($"{from}"), "Get"), await c.Entities.CallEntityAsync<int>(Account.Id($"{to}"), "Get")) == (a - 1, b + 1);
        });

        var ids = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => h.Client.ScheduleNewOrchestrationInstanceAsync("Transfer", (i % 3, (i + 1 + (i % 2)) % 3))));
        var results = await Task.WhenAll(ids.Select(h.CompletionAsync));

        Assert.All(results, r => Assert.True(r.ReadOutputAs<bool>()));
        var sum = 0;
        for (var i = 0; i < 3; i++)
            sum += (await h.Client.Entities.GetEntityAsync<int>(Account.Id($"{i}")))!.State;
        Assert.Equal(0, sum);
        await NobodyHoldsAsync(h);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Lock_HeldThroughACrash_KeepsOthersOutInTheirOrder(Db db)
    {
        await using var h = await StartAsync(db);
        h.Functions.Orchestrator("Holder", async c =>
        {
            await using (await c.Entities.LockEntitiesAsync(Account.Id("a")))
            {
                await c.WaitForExternalEvent<object>("go");
                await c.Entities.CallEntityAsync(Account.Id("a"), "Add", 1);
            }

            return null;
        });
        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Holder");
        await LockedAsync(h, "a");
        await h.Client.Entities.SignalEntityAsync(Account.Id("a"), "Add", 10);

        await h.CrashAndRestartAsync();
        await EntityTests.UntilAsync(async () => (await TransientAsync(h, "a"))!.BacklogQueueSize == 1);
        Assert.Equal(id, (await TransientAsync(h, "a"))!.LockedBy);
        await h.Client.RaiseEventAsync(id, "go");

        await EntityTests.StateAsync<int>(h, Account.Id("a"), n => n == 11);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await h.CompletionAsync(id)).RuntimeStatus);
        await NobodyHoldsAsync(h);
    }

    [Theory]
    [InlineData("fail")]
    [InlineData("complete")]
    [InlineData("again")]
    [InlineData("terminate")]
    public async Task Lock_OwnerEndsInside_IsReleased(string end)
    {
        await using var h = await StartAsync(Db.Sqlite);
        h.Functions.Orchestrator("Holder", async c =>
        {
            if (c.GetInput<string>() == "last")
                return null;
            _ = await c.Entities.LockEntitiesAsync(Account.Id("a"), Account.Id("b"));
            await c.WaitForExternalEvent<object>("go");
            if (end == "fail")
                throw new InvalidOperationException("in the middle");
            if (end == "again")
                c.ContinueAsNew("last");
            return null;
        });
        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Holder");
        await LockedAsync(h, "b");

        if (end == "terminate")
            await h.Client.TerminateInstanceAsync(id, (object?)null);
        else
            await h.Client.RaiseEventAsync(id, "go");

        await NobodyHoldsAsync(h);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Lock_OwnerEndsWhileItWaits_IsNeverTaken(Db db)
    {
        await using var h = await StartAsync(db);
        h.Functions.Orchestrator("Holder", async c =>
        {
            await using var section = await c.Entities.LockEntitiesAsync(Account.Id("b"));
            return await c.WaitForExternalEvent<object>("go");
        });
        h.Functions.Orchestrator("Waiter", async c =>
        {
            await using var section = await c.Entities.LockEntitiesAsync(Account.Id("a"), Account.Id("b"), Account.Id("c"));
            return "got it";
        });
        h.Functions.Orchestrator("Hasty", c =>
        {
            _ = c.Entities.LockEntitiesAsync(Account.Id("a"), Account.Id("c"));
            return Task.FromResult<object?>(null);
        });
        var holder = await h.Client.ScheduleNewOrchestrationInstanceAsync("Holder");
        await LockedAsync(h, "b");
        var waiter = await h.Client.ScheduleNewOrchestrationInstanceAsync("Waiter");
        await LockedAsync(h, "a");
        await h.Client.TerminateInstanceAsync(waiter, (object?)null);
        await EntityTests.UntilAsync(async () => await TransientAsync(h, "a") is null);
        await h.RunAsync("Hasty");
        await h.Client.RaiseEventAsync(holder, "go");

        await NobodyHoldsAsync(h);
        Assert.Equal("got it", (await h.RunAsync("Waiter")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Section_Rules_AreKept()
    {
        await using var h = await StartAsync(Db.Sqlite);
        h.Functions.Orchestrator("Rules", async c =>
        {
            var refused = new List<bool>();
            var (a, b) = (Account.Id("a"), Account.Id("b"));
            refused.Add(!c.Entities.InCriticalSection());
            var section = await c.Entities.LockEntitiesAsync(a, a);
            refused.Add(c.Entities.InCriticalSection(out var free) && free.SequenceEqual([a]));
            refused.Add(await RefusedAsync(() => c.Entities.LockEntitiesAsync(b)));
            refused.Add(await RefusedAsync(() => c.Entities.CallEntityAsync(b, "Get")));
            refused.Add(await RefusedAsync(() => c.Entities.SignalEntityAsync(a, "Add", 1)));
            refused.Add(await RefusedAsync(() => c.CallSubOrchestratorAsync("Rules")));
            var call = c.Entities.CallEntityAsync<int>(a, "Get");
            refused.Add(c.Entities.InCriticalSection(out free) && free.Count == 0);
            refused.Add(await RefusedAsync(() => c.Entities.CallEntityAsync(a, "Get")));
            await call;
            await c.Entities.SignalEntityAsync(b, "Add", 1);
            await section.DisposeAsync();
            await section.DisposeAsync();
            refused.Add(!c.Entities.InCriticalSection());
            await c.Entities.CallEntityAsync(b, "Get");
            return refused;
        });

        var done = await h.RunAsync("Rules");
        Assert.All(done.ReadOutputAs<List<bool>>()!, Assert.True);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task CleanEntityStorage_LockOfAPurgedOwner_IsReleased(Db db)
    {
        await using var h = await StartAsync(db);
        var node = h.Engine.Engine.Node;
        var request = new LockRequest(new EntityCaller("gone", 1, 0), [Account.Id("a").ToString()], 0);
        await ClientCommit.RunAsync(node, c => c.Messages.Add(new Message("@account@a", node.PartitionOf("@account@a")) { Id = node.MessageIds.Next(), Event = request }), CancellationToken.None);
        await LockedAsync(h, "a");

        var result = await h.Client.Entities.CleanEntityStorageAsync();

        Assert.Equal(1, result.OrphanedLocksReleased);
        Assert.Null(result.ContinuationToken);
        await NobodyHoldsAsync(h);
    }

    private static async Task<bool> RefusedAsync(Func<Task> action)
    {
        try
        {
            await action();
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private static async Task<EntityMetadata?> TransientAsync(DurableHarness h, string key)
    {
        await foreach (var one in h.Client.Entities.GetAllEntitiesAsync(new EntityQuery { InstanceIdStartsWith = Account.Id(key).ToString(), IncludeTransient = true }))
            return one;
        return null;
    }

    private static Task LockedAsync(DurableHarness h, string key) => EntityTests.UntilAsync(async () => await TransientAsync(h, key) is { LockedBy: not null });

    private static Task NobodyHoldsAsync(DurableHarness h) => EntityTests.UntilAsync(async () =>
    {
        await foreach (var one in h.Client.Entities.GetAllEntitiesAsync(new EntityQuery { IncludeTransient = true }))
        {
            if (one.LockedBy is not null)
                return false;
        }

        return true;
    });

    private async Task<DurableHarness> StartAsync(Db db)
    {
        var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Entity("Account", () => new Account());
        await h.StartAsync();
        return h;
    }
}
