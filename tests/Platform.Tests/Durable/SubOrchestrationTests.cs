using Platform.Tests.Fixtures;

namespace Platform.Tests.Durable;

/// <summary>What a parent sees of an orchestration that it calls.</summary>
public sealed class SubOrchestrationTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    public static TheoryData<Db> Stores => [Db.Sqlite, Db.Postgres];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task SubOrchestration_ResultAndFailure_ReachTheParent(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Orchestrator("Child", c => c.GetInput<int>() < 0
            ? throw new ArgumentOutOfRangeException(nameof(c), "negative")
            : Task.FromResult<object?>($"{c.Parent!.InstanceId}/{c.Parent.Name}/{c.GetInput<int>()}"));
        h.Functions.Orchestrator("Parent", async c =>
        {
            var ok = await c.CallSubOrchestratorAsync<string>("Child", 7, new TaskOptions().WithInstanceId($"{c.InstanceId}-child"));
            try
            {
                await c.CallSubOrchestratorAsync("Child", -1);
                return "unreachable";
            }
            catch (TaskFailedException e)
            {
                return $"{ok} {e.FailureDetails.IsCausedBy<ArgumentException>()}";
            }
        });
        await h.StartAsync();

        Assert.Equal("p1/Parent/7 True", (await h.RunAsync("Parent", null, "p1")).ReadOutputAs<string>());
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await h.Client.GetInstanceAsync("p1-child"))!.RuntimeStatus);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task SubOrchestration_RetriedUnderTheSameId_Succeeds(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        var runs = 0;
        h.Functions.Orchestrator("Child", _ => Interlocked.Increment(ref runs) < 3 ? throw new TimeoutException() : Task.FromResult<object?>(runs));
        h.Functions.Orchestrator("Parent", async c => await c.CallSubOrchestratorAsync<int>(
            "Child", null, new SubOrchestrationOptions(new RetryPolicy(5, TimeSpan.FromMilliseconds(1)), "retried")));
        await h.StartAsync();

        Assert.Equal(3, (await h.RunAsync("Parent")).ReadOutputAs<int>());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task SubOrchestration_IdOfARunningInstance_FailsTheCall(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Orchestrator("Wait", async c => await c.WaitForExternalEvent<string>("go"));
        h.Functions.Orchestrator("Parent", async c => await c.CallSubOrchestratorAsync<string>("Wait", null, new SubOrchestrationOptions(instanceId: "busy")));
        await h.StartAsync();
        await h.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("busy"));

        var failed = await h.RunAsync("Parent");

        Assert.Contains("running already", failed.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }
}
