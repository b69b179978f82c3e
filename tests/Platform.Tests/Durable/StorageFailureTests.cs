using EmbeddedFunctions.Durable.Storage;
using Microsoft.Data.Sqlite;
using Npgsql;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Durable;

/// <summary>A full or read-only database: calls fail with the database's words, what was acknowledged before goes on when it is mended, by itself.</summary>
public sealed class StorageFailureTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private const int Full = 13;
    private const int ReadOnly = 8;

    [Theory]
    [InlineData(StorageFaults.FillSqlite, Full)]
    [InlineData(StorageFaults.MakeSqliteReadOnly, ReadOnly)]
    public async Task Sqlite_StoresNothingForAWhile_LosesNothingAcknowledged(string fault, int error)
    {
        await using var h = await DurableHarness.CreateAsync(Db.Sqlite, server);
        AddSteps(h.Functions);
        var engine = await h.StartAsync();
        var writer = ((SqliteDurableStore)engine.Store.Inner).Writer!;
        var acknowledged = await StartManyAsync(h);

        BeforeNextCommit(() => StorageFaults.Execute(writer, fault));
        var refusals = new List<SqliteException>();
        for (var i = 0; refusals.Count < 3; i++)
        {
            try
            {
                // A full file takes what fits into its free pages.
                await h.Client.ScheduleNewOrchestrationInstanceAsync("Steps", new string('x', 4_000), new StartOrchestrationOptions($"during-{i}"));
                acknowledged.Add($"during-{i}");
            }
            catch (SqliteException e)
            {
                refusals.Add(e);
                Assert.Null(await h.Client.GetInstanceAsync($"during-{i}", CancellationToken.None));
            }
        }

        Assert.All(refusals, e => Assert.Equal(error, e.SqliteErrorCode));
        Assert.Equal(error, (await Assert.ThrowsAsync<SqliteException>(() => engine.Engine.ProbeStoreAsync(CancellationToken.None))).SqliteErrorCode);

        BeforeNextCommit(() => StorageFaults.Execute(writer, fault == StorageFaults.FillSqlite ? StorageFaults.EmptySqlite : StorageFaults.MakeSqliteWritable));
        await h.Client.ScheduleNewOrchestrationInstanceAsync("Steps", "after", new StartOrchestrationOptions("after"));
        acknowledged.Add("after");
        await engine.Engine.ProbeStoreAsync(CancellationToken.None);
        await AssertAllEndAsync(h, acknowledged);

        // The writer's thread: nobody else may use its connection meanwhile.
        void BeforeNextCommit(Action change) => engine.Store.BeforeCommit = _ =>
        {
            engine.Store.BeforeCommit = null;
            change();
            return Task.CompletedTask;
        };
    }

    [Fact]
    public async Task Postgres_ReadOnlyForAWhile_LosesNothingAcknowledged()
    {
        await using var h = await DurableHarness.CreateAsync(Db.Postgres, server);
        AddSteps(h.Functions);
        var engine = await h.StartAsync();
        await using var own = (NpgsqlConnection)h.Connect();
        var acknowledged = await StartManyAsync(h);

        await StorageFaults.SetPostgresReadOnlyAsync(own.ConnectionString, readOnly: true, cutOff: true);
        await Until.TrueAsync(
            async () => await RefusalAsync(() => h.Client.ScheduleNewOrchestrationInstanceAsync("Steps", "during")) == PostgresErrorCodes.ReadOnlySqlTransaction, "starts are refused as read-only", 60);
        Assert.Equal(PostgresErrorCodes.ReadOnlySqlTransaction, await RefusalAsync(() => engine.Engine.ProbeStoreAsync(CancellationToken.None)));

        // Sessions that are open stay read-only; the engine has to drop them by itself.
        await StorageFaults.SetPostgresReadOnlyAsync(own.ConnectionString, readOnly: false, cutOff: false);
        await Until.TrueAsync(async () => await RefusalAsync(() => engine.Engine.ProbeStoreAsync(CancellationToken.None)) is null, "writable again", 60);
        await Until.TrueAsync(
            async () => await RefusalAsync(() => h.Client.ScheduleNewOrchestrationInstanceAsync("Steps", "after", new StartOrchestrationOptions("after"))) is null, "starts again", 60);
        acknowledged.Add("after");
        await AssertAllEndAsync(h, acknowledged);
    }

    private static void AddSteps(DelegateFunctions functions)
    {
        functions.Activity("Next", input => int.Parse(input!) + 1);
        functions.Orchestrator("Steps", async c =>
        {
            var n = await c.CallActivityAsync<int>("Next", 0);
            await c.CreateTimer(TimeSpan.FromMilliseconds(20), CancellationToken.None);
            n = await c.CallActivityAsync<int>("Next", n);
            return n + await c.WaitForExternalEvent<int>("go");
        });
    }

    /// <summary>Starts instances; the first one's event is acknowledged as well.</summary>
    private static async Task<List<string>> StartManyAsync(DurableHarness h)
    {
        var ids = Enumerable.Range(0, 20).Select(i => $"before-{i}").ToList();
        await Task.WhenAll(ids.Select(id => h.Client.ScheduleNewOrchestrationInstanceAsync("Steps", id, new StartOrchestrationOptions(id))));
        await h.Client.RaiseEventAsync("before-0", "go", 1);
        return ids;
    }

    private static async Task AssertAllEndAsync(DurableHarness h, List<string> ids)
    {
        await Task.WhenAll(ids.Where(id => id != "before-0").Select(id => h.Client.RaiseEventAsync(id, "go", 1)));
        Assert.All(await Task.WhenAll(ids.Select(h.CompletionAsync)), done => Assert.Equal(3, done.ReadOutputAs<int>()));
    }

    private static async Task<string?> RefusalAsync(Func<Task> call)
    {
        try
        {
            await call().WaitAsync(DurableHarness.Patience);
            return null;
        }
        catch (PostgresException e)
        {
            return e.SqlState;
        }
        catch (NpgsqlException e)
        {
            return e.Message; // its connection was cut
        }
    }
}
