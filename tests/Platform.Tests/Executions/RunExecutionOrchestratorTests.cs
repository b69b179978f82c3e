using System.Text.Json;
using Platform.Executions;
using Platform.Orchestrations.Executions;
using Platform.Tests.Durable;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Executions;

/// <summary>The orchestrator on the real engine with scripted activities; every step survives a crash by replay.</summary>
public sealed class RunExecutionOrchestratorTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private const string Advance = "Executions_Advance";
    private const string Store = "Executions_StoreResult";
    private const string Abandon = "Executions_AbandonResult";

    private static readonly RunExecution.Input Input = new(Guid.CreateVersion7(), "corr", 3600);

    [Fact]
    public async Task Run_WaitsThenStartFailsThenEnds_TakesEachStepOnceThroughCrashes()
    {
        await using var harness = await DurableHarness.CreateAsync(Platform.Tests.Durable.Db.Sqlite, postgres, fakeTime: true);
        var steps = new Queue<ExecutionStep>([ExecutionStep.Waiting, ExecutionStep.Waiting, ExecutionStep.StartFailed, ExecutionStep.Over]);
        var taken = 0;
        Script(harness, () =>
        {
            Interlocked.Increment(ref taken);
            return steps.Dequeue();
        });
        await harness.StartAsync();
        var id = await harness.Client.ScheduleNewOrchestrationInstanceAsync(RunExecution.Name, Input);

        await DurableHarness.UntilAsync(() => taken == 1);
        await harness.CrashAndRestartAsync();
        await harness.Client.RaiseEventAsync(id, RunExecution.SlotGranted);
        await DurableHarness.UntilAsync(() => taken == 2);
        await harness.CrashAndRestartAsync();
        await harness.Client.RaiseEventAsync(id, RunExecution.CancelRequested);
        await DurableHarness.UntilAsync(() => taken == 3);
        while (taken < 4)
        {
            harness.FakeClock!.Advance(TimeSpan.FromSeconds(1)); // the pause after a failed start
            await Task.Delay(20);
        }

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await harness.CompletionAsync(id)).RuntimeStatus);
        Assert.Equal(4, taken);
    }

    [Fact]
    public async Task Run_NobodyWakesIt_LooksAgainWhenItsPatienceIsOver()
    {
        await using var harness = await DurableHarness.CreateAsync(Platform.Tests.Durable.Db.Sqlite, postgres, fakeTime: true);
        var steps = new Queue<ExecutionStep>([ExecutionStep.Waiting, ExecutionStep.Over]);
        var taken = 0;
        Script(harness, () =>
        {
            Interlocked.Increment(ref taken);
            return steps.Dequeue();
        });
        await harness.StartAsync();
        var id = await harness.Client.ScheduleNewOrchestrationInstanceAsync(RunExecution.Name, Input);
        await DurableHarness.UntilAsync(() => taken == 1);

        while (taken < 2)
        {
            harness.FakeClock!.Advance(TimeSpan.FromMinutes(20));
            await Task.Delay(20);
        }

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await harness.CompletionAsync(id)).RuntimeStatus);
    }

    [Fact]
    public async Task Run_ResultCannotBeStored_TriesFiveTimesThenAbandons()
    {
        await using var harness = await DurableHarness.CreateAsync(Platform.Tests.Durable.Db.Sqlite, postgres, fakeTime: true);
        var (tries, abandoned) = (0, 0);
        Script(harness, () => new ExecutionStep(ExecutionStepKind.Unstored, Guid.CreateVersion7(), ExecutionOutcome.Cancelled));
        harness.Functions.Activity(Store, (_, _) =>
        {
            Interlocked.Increment(ref tries);
            throw new InvalidOperationException("disk full");
        });
        harness.Functions.Activity(Abandon, input =>
        {
            abandoned++;
            Assert.Equal(Input.ExecutionId, JsonDocument.Parse(input!).RootElement.GetProperty("ExecutionId").GetGuid());
            return null;
        });
        await harness.StartAsync();
        var id = await harness.Client.ScheduleNewOrchestrationInstanceAsync(RunExecution.Name, Input);

        while (abandoned == 0)
        {
            harness.FakeClock!.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(20);
        }

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await harness.CompletionAsync(id)).RuntimeStatus);
        Assert.Equal((5, 1), (tries, abandoned));
    }

    private static void Script(DurableHarness harness, Func<ExecutionStep> advance) => harness.Functions
        .Orchestrator(RunExecution.Name, async context =>
        {
            await RunExecutionOrchestrator.RunAsync(context);
            return null;
        })
        .Activity(Advance, _ => advance());
}
