using System.Text.Json;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Durable;

public sealed class LargeInstanceTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    public static TheoryData<Db> Stores => [Db.Sqlite, Db.Postgres];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Payload_OfOneMegabyte_GoesEverywhereAndThroughACrash(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        var text = $"€\"\\\n{new string('x', 1024 * 1024)}";
        h.Functions.Activity("Echo", input => JsonSerializer.Deserialize<string>(input!)).Entity("Journal", () => new Journal.Entity());
        h.Functions.Orchestrator("Child", c => Task.FromResult<object?>(c.GetInput<string>()));
        h.Functions.Orchestrator("Big", async c =>
        {
            var input = c.GetInput<string>()!;
            c.SetCustomStatus(input);
            var echoed = await c.CallActivityAsync<string>("Echo", input);
            var raised = await c.WaitForExternalEvent<string>("e");
            var child = await c.CallSubOrchestratorAsync<string>("Child", raised);
            await c.Entities.CallEntityAsync(new EntityInstanceId("Journal", "j"), nameof(Journal.Write), child);
            return echoed == input && raised == input ? child : "different";
        });
        await h.StartAsync();
        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Big", text);
        await h.UntilAsync(id, i => i.ReadCustomStatusAs<string>() == text);
        await h.CrashAndRestartAsync();
        await h.Client.RaiseEventAsync(id, "e", text);

        var done = await h.CompletionAsync(id);
        Assert.Equal(text, done.ReadOutputAs<string>());
        Assert.Equal(text, done.ReadInputAs<string>());
        Assert.Equal([text], (await h.Client.Entities.GetEntityAsync<Journal>(new EntityInstanceId("Journal", "j")))!.State.Lines);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Activities_FiveThousandAtOnce_CountOnceEachThroughACrash(Db db)
    {
        const int count = 5_000;
        await using var h = await DurableHarness.CreateAsync(db, server);
        var runs = 0;
        h.Functions.Activity("Same", input =>
        {
            Interlocked.Increment(ref runs);
            return int.Parse(input!);
        });
        h.Functions.Orchestrator("Fan", async c => (await Task.WhenAll(Enumerable.Range(0, count).Select(i => c.CallActivityAsync<int>("Same", i)))).Sum());
        await h.StartAsync();
        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Fan");
        await DurableHarness.UntilAsync(() => Volatile.Read(ref runs) > count / 3);
        await h.CrashAndRestartAsync();

        Assert.Equal(count * (count - 1) / 2, (await h.CompletionAsync(id)).ReadOutputAs<int>());
        Assert.InRange(runs, count, 3 * count);
    }
}
