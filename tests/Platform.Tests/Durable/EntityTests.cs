using Platform.Tests.Fixtures;

namespace Platform.Tests.Durable;

/// <summary>Entities through the client and in orchestrations: operations, state, failures, effects and queries.</summary>
public sealed class EntityTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    public static TheoryData<Db> Stores => [Db.Sqlite, Db.Postgres];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Signals_FromOneSender_AreAppliedInOrderAndKept(Db db)
    {
        await using var h = await StartAsync(db);
        var id = new EntityInstanceId("Journal", "j");
        for (var i = 0; i < 130; i++)
            await h.Client.Entities.SignalEntityAsync(id, "write", $"{i}");
        var lines = await StateAsync<Journal>(h, id, j => j.Lines.Count == 130);

        await h.CrashAndRestartAsync();

        Assert.Equal(Enumerable.Range(0, 130).Select(i => $"{i}"), lines.Lines);
        Assert.Equal(lines.Lines, (await h.Client.Entities.GetEntityAsync<Journal>(id))!.State.Lines);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Call_FromAnOrchestration_ReturnsTheResult(Db db)
    {
        await using var h = await StartAsync(db);
        h.Functions.Orchestrator("Calls", async c =>
        {
            await c.Entities.SignalEntityAsync(Account.Id("a"), "Add", 5);
            var added = await c.Entities.CallEntityAsync<int>(Account.Id("a"), "addlaterasync", 10);
            await c.Entities.CallEntityAsync(Account.Id("a"), "Add", 100);
            return (added, await c.Entities.CallEntityAsync<int>(Account.Id("a"), "Get"), await c.Entities.CallEntityAsync<int>(Account.Id("a"), "Get", 1000));
        });

        Assert.Equal((15, 115, 1115), (await h.RunAsync("Calls")).ReadOutputAs<(int, int, int)>());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Call_Failing_LeavesNoTraceAndTellsTheCaller(Db db)
    {
        await using var h = await StartAsync(db);
        h.Functions.Orchestrator("Fails", async c =>
        {
            await c.Entities.CallEntityAsync(Account.Id("a"), "Add", 5);
            try
            {
                await c.Entities.CallEntityAsync(Account.Id("a"), "AddAndFail", 100);
            }
            catch (EntityOperationFailedException e)
            {
                var inner = e.FailureDetails.InnerFailure!;
                return $"{e.EntityId} {e.OperationName} {e.FailureDetails.IsCausedBy<InvalidOperationException>()} {inner.IsCausedBy<ArgumentException>()} {inner.ErrorMessage} "
                    + await c.Entities.CallEntityAsync<int>(Account.Id("a"), "Get");
            }

            return "no failure";
        });

        Assert.Equal("@account@a AddAndFail True True too much 5", (await h.RunAsync("Fails")).ReadOutputAs<string>());
        Assert.Null(await h.Client.Entities.GetEntityAsync(Account.Id("audit")));
    }

    [Theory]
    [InlineData("nobody", "Add", "EntityTaskNotFound")]
    [InlineData("account", "Unknown", "System.NotSupportedException")]
    [InlineData("account", "Add", "System.InvalidOperationException")]
    public async Task Call_ThatFitsNothing_FailsWithTheReason(string entity, string operation, string type)
    {
        await using var h = await StartAsync(Db.Sqlite);
        h.Functions.Orchestrator("Fails", async c =>
        {
            try
            {
                await c.Entities.CallEntityAsync(new EntityInstanceId(entity, "x"), operation);
            }
            catch (EntityOperationFailedException e)
            {
                return e.FailureDetails.ErrorType;
            }

            return "no failure";
        });

        Assert.Equal(type, (await h.RunAsync("Fails")).ReadOutputAs<string>());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Effects_OfAnOperation_ComeWithItsState(Db db)
    {
        await using var h = await StartAsync(db);
        h.Functions.Orchestrator("Note", c => Task.FromResult<object?>(c.GetInput<int>()));

        await h.Client.Entities.SignalEntityAsync(Account.Id("a"), "Forward", 7);
        await StateAsync<int>(h, Account.Id("audit"), n => n == 7);

        Assert.Equal(7, (await h.UntilAsync("note-7", m => m.IsCompleted)).ReadOutputAs<int>());
        Assert.Equal(1, (await h.Client.Entities.GetEntityAsync<int>(Account.Id("a")))!.State);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task State_SetToNullOrDeleted_RemovesTheEntity(Db db)
    {
        await using var h = await StartAsync(db);
        foreach (var (key, deletion) in new[] { ("a", "Close"), ("b", "delete") })
        {
            await h.Client.Entities.SignalEntityAsync(Account.Id(key), "Add", 1);
            await StateAsync<int>(h, Account.Id(key), n => n == 1);
            await h.Client.Entities.SignalEntityAsync(Account.Id(key), deletion);
            await UntilAsync(async () => await h.Client.Entities.GetEntityAsync(Account.Id(key)) is null);
        }
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Signal_Scheduled_WaitsForItsTimeAlsoThroughACrash(Db db)
    {
        await using var h = await StartAsync(db, fakeTime: true);
        await h.Client.Entities.SignalEntityAsync(Account.Id("a"), "Add", 1, h.FakeClock!.GetUtcNow().AddDays(40));
        await h.Client.Entities.SignalEntityAsync(Account.Id("a"), "Add", 10);
        await StateAsync<int>(h, Account.Id("a"), n => n == 10);

        await h.CrashAndRestartAsync();
        h.FakeClock.Advance(TimeSpan.FromDays(39));
        await h.Client.Entities.SignalEntityAsync(Account.Id("a"), "Add", 100);
        await StateAsync<int>(h, Account.Id("a"), n => n == 110);
        h.FakeClock.Advance(TimeSpan.FromDays(2));

        await StateAsync<int>(h, Account.Id("a"), n => n == 111);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Queries_FilterAndPage(Db db)
    {
        await using var h = await StartAsync(db);
        for (var i = 0; i < 7; i++)
            await h.Client.Entities.SignalEntityAsync(Account.Id($"q{i}"), "Add", i + 1);
        await h.Client.Entities.SignalEntityAsync(new EntityInstanceId("Journal", "q"), "Write", "x");
        await StateAsync<int>(h, Account.Id("q6"), n => n == 7);
        await StateAsync<Journal>(h, new EntityInstanceId("Journal", "q"), j => j.Lines.Count == 1);
        await UntilAsync(async () => await CountAsync(h.Client.Entities.GetAllEntitiesAsync()) == 8);

        var pages = new List<IReadOnlyList<EntityMetadata<int>>>();
        await foreach (var page in h.Client.Entities.GetAllEntitiesAsync<int>(new EntityQuery { InstanceIdStartsWith = "ACCOUNT", PageSize = 3 }).AsPages())
            pages.Add(page.Values);

        Assert.Equal([3, 3, 1], pages.Select(p => p.Count));
        Assert.Equal(Enumerable.Range(1, 7), pages.SelectMany(p => p).Select(m => m.State));
        Assert.Equal(1, await CountAsync(h.Client.Entities.GetAllEntitiesAsync(new EntityQuery { InstanceIdStartsWith = "@Account@q3", IncludeState = false })));
        Assert.Equal(0, await CountAsync(h.Client.Entities.GetAllEntitiesAsync(new EntityQuery { LastModifiedFrom = DateTimeOffset.MaxValue })));
    }

    internal static async Task<TState> StateAsync<TState>(DurableHarness h, EntityInstanceId id, Func<TState, bool> condition)
    {
        EntityMetadata<TState>? found = null;
        await UntilAsync(async () => (found = await h.Client.Entities.GetEntityAsync<TState>(id)) is { IncludesState: true } && condition(found.State));
        return found!.State;
    }

    internal static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var timeout = new CancellationTokenSource(DurableHarness.Patience);
        while (!await condition())
            await Task.Delay(5, timeout.Token);
    }

    private static async Task<int> CountAsync<T>(AsyncPageable<T> all)
        where T : notnull
    {
        var count = 0;
        await foreach (var one in all)
            count++;
        return count;
    }

    private async Task<DurableHarness> StartAsync(Db db, bool fakeTime = false)
    {
        var h = await DurableHarness.CreateAsync(db, server, fakeTime);
        h.Functions.Entity("Account", () => new Account()).Entity("Journal", () => new Journal.Entity());
        await h.StartAsync();
        return h;
    }
}
