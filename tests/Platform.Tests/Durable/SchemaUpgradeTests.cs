using Platform.Tests.Fixtures;

namespace Platform.Tests.Durable;

/// <summary>A database that an earlier version made is opened and brought up to date.</summary>
public sealed class SchemaUpgradeTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    public static TheoryData<Db> Stores => [Db.Sqlite, Db.Postgres];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Open_DatabaseFromBeforeEntities_GoesOnAndHasEntities(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Entity("Account", () => new Account());
        h.Functions.Orchestrator("Wait", async c => await c.WaitForExternalEvent<int>("go") + await c.Entities.CallEntityAsync<int>(Account.Id("a"), "Add", 1));
        await h.StartAsync();
        await h.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("w"));
        await h.UntilAsync("w", m => m.IsRunning);
        await h.Engine.CrashAsync();
        await DropAsync(h, db == Db.Postgres ? "host." : "");

        await h.StartAsync();
        await h.Client.RaiseEventAsync("w", "go", 41);

        Assert.Equal(42, (await h.CompletionAsync("w")).ReadOutputAs<int>());
    }

    /// <summary>Leaves the tables as they were before there were entities.</summary>
    private static async Task DropAsync(DurableHarness h, string schema)
    {
        await using var connection = h.Connect();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"DROP TABLE {schema}durable_entities; DROP TABLE {schema}durable_signals;";
        await command.ExecuteNonQueryAsync();
    }
}
