using Microsoft.EntityFrameworkCore;

using Platform.Identity;
using Platform.Tests.Fixtures;
using Platform.Workflows;

namespace Platform.Tests.Workflows;

public sealed class WorkflowRelayTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_StartAndSignal_ReachTheEngineInOrderAndLeaveTheOutbox(bool onPostgres)
    {
        await using var database = await CreateAsync(onPostgres);
        await AddAsync(database, w =>
        {
            w.Start("Run", "i-1", new Input(7));
            w.Signal("i-1", "Wake", new Input(8));
            w.Signal("i-1", "Stop");
        });
        var client = new FakeDurableClient();
        await RunAsync(database, client);
        Assert.Equal(["""start Run i-1 {"Number":7}""", """signal i-1 Wake {"Number":8}""", "signal i-1 Stop null"], client.Log);
        Assert.Equal(0, await CountAsync(database));
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Running)]
    [InlineData(OrchestrationRuntimeStatus.Completed)]
    [InlineData(OrchestrationRuntimeStatus.Failed)]
    public async Task Run_StartOfAnExistingInstance_CountsAsDone(OrchestrationRuntimeStatus status)
    {
        await using var database = await CreateAsync(false);
        await AddAsync(database, w => w.Start("Run", "i-1", new Input(1)));
        var client = new FakeDurableClient();
        client.Instances["i-1"] = status;
        await RunAsync(database, client);
        Assert.Empty(client.Log);
        Assert.Equal(0, await CountAsync(database));
    }

    [Fact]
    public async Task Run_EngineIsAway_KeepsTheMessagesAndTheirOrder()
    {
        await using var database = await CreateAsync(false);
        await AddAsync(database, w =>
        {
            w.Start("Run", "i-1", new Input(1));
            w.Signal("i-1", "Wake");
            w.Start("Run", "i-2", new Input(2));
        });
        var client = new FakeDurableClient { OnCall = id => _ = id == "i-1" ? throw new IOException("away") : id };
        await RunAsync(database, client);
        Assert.Equal(["""start Run i-2 {"Number":2}"""], client.Log);
        Assert.Equal(2, await CountAsync(database));

        client.OnCall = null;
        await RunAsync(database, client);
        Assert.Equal(2, await CountAsync(database)); // not due yet
        database.Clock.Advance(TimeSpan.FromSeconds(1));
        await RunAsync(database, client);
        Assert.Equal(["""start Run i-2 {"Number":2}""", """start Run i-1 {"Number":1}""", "signal i-1 Wake null"], client.Log);
    }

    [Fact]
    public async Task Run_SignalBeforeItsInstance_WaitsForItAndIsGivenUpInTheEnd()
    {
        await using var database = await CreateAsync(false);
        await AddAsync(database, w =>
        {
            w.Signal("late", "Wake");
            w.Signal("never", "Wake");
            w.Signal("ended", "Wake");
        });
        var client = new FakeDurableClient();
        client.Instances["ended"] = OrchestrationRuntimeStatus.Completed;
        await RunAsync(database, client);
        Assert.Equal(2, await CountAsync(database));

        client.Instances["late"] = OrchestrationRuntimeStatus.Running;
        database.Clock.Advance(TimeSpan.FromMinutes(1));
        await RunAsync(database, client);
        Assert.Equal(["signal late Wake null"], client.Log);

        database.Clock.Advance(TimeSpan.FromHours(1));
        await RunAsync(database, client);
        Assert.Equal(0, await CountAsync(database));
    }

    [Fact]
    public async Task Run_TwoNodesAtOnce_HandOverEachMessageOnce()
    {
        var connection = await postgres.CreateMigratedDatabaseAsync();
        await using var one = await TestDatabase.CreatePostgresAsync(connection);
        await using var two = await TestDatabase.CreatePostgresAsync(connection);
        await AddAsync(one, w =>
        {
            for (var i = 0; i < 500; i++)
                w.Start("Run", $"i-{i}", new Input(i));
        });
        var client = new FakeDurableClient();
        await Task.WhenAll(RunAsync(one, client), RunAsync(two, client));
        Assert.Equal(500, client.Log.Distinct().Count());
        Assert.Equal(500, client.Log.Count);
        Assert.Equal(0, await CountAsync(one));
    }

    private async Task<TestDatabase> CreateAsync(bool onPostgres) =>
        onPostgres ? await TestDatabase.CreatePostgresAsync(await postgres.CreateMigratedDatabaseAsync()) : await TestDatabase.CreateAsync();

    private static async Task AddAsync(TestDatabase database, Action<IWorkflows> add)
    {
        await using var scope = database.As(Caller.Platform);
        add(scope.Get<IWorkflows>());
        await scope.Db.SaveChangesAsync();
    }

    private static async Task RunAsync(TestDatabase database, DurableTaskClient client)
    {
        await database.Get<WorkflowRelay>().RunAsync(client, CancellationToken.None);
    }

    private static async Task<int> CountAsync(TestDatabase database)
    {
        await using var scope = database.As(Caller.Platform);
        return await scope.Db.Set<WorkflowMessage>().CountAsync();
    }

    private sealed record Input(int Number);
}
