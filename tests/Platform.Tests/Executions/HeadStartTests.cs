using Microsoft.EntityFrameworkCore;
using Platform.Executions;
using Platform.Identity;
using Platform.Sandbox;
using Platform.Tests.Fixtures;
using Platform.Workflows;

namespace Platform.Tests.Executions;

[Collection(PostgresServer.Collection)]
public sealed class HeadStartTests(PostgresServer postgres)
{
    private readonly TaskCompletionSource _end = new();

    [Fact]
    public async Task Start_FreeSlot_RunsBeforeTheSagaWithTheContractsEvents()
    {
        await using var lab = await ExecutionLab.CreateAsync(runAhead: true);
        lab.Sandbox.Script = RunUntilTheEnd;
        var id = await lab.StartAsync(correlationId: "request-7");
        var saga = lab.AdvanceAsync(id); // comes while it runs
        Assert.False(saga.IsCompleted);

        _end.SetResult();
        Assert.Equal(ExecutionStepKind.Over, (await saga).Kind);
        Assert.Equal(ExecutionStepKind.Over, (await lab.AdvanceAsync(id)).Kind); // delivered again

        var execution = await lab.GetAsync(id);
        Assert.Equal((ExecutionStatus.Completed, "done\n", false), (execution.Status, execution.Result!.Output, execution.HoldsSlot));
        Assert.Equal((SagaState.Completed, AllocationStatus.Released), (execution.Saga!.State, execution.Allocation!.Status));
        Assert.Equal(SagaSteps.All, execution.Saga.CompletedSteps);
        Assert.Single(lab.Sandbox.Started);
        Assert.Equal(
            [
                "execution_requested", "saga_started", "execution_accepted", "execution_queued", "allocate_resources_command", "create_pod_command", "pod_created", "pod_scheduled",
                "execution_started", "pod_running", "execution_running", "pod_succeeded", "execution_completed", "result_stored",
                "release_resources_command", "delete_pod_command", "pod_deleted", "saga_completed",
            ],
            await lab.EventsAsync(id));
        await using var scope = lab.Database.As(Caller.Platform);
        Assert.Equal(["request-7"], await scope.Db.Events.Select(e => e.CorrelationId).Distinct().ToListAsync());
        Assert.Equal([RunExecution.InstanceId(id)], await scope.Db.Set<WorkflowMessage>().Where(m => m.Name == RunExecution.Name).Select(m => m.InstanceId).ToListAsync());
    }

    [Fact]
    public async Task End_OthersWait_StartTheNextInOrderWithoutTheirSagas()
    {
        await using var lab = await ExecutionLab.CreateAsync(maxConcurrent: 1, runAhead: true);
        lab.Sandbox.Script = RunUntilTheEnd;
        List<Guid> ids = [];
        for (var i = 0; i < 5; i++)
            ids.Add(await lab.StartAsync(correlationId: $"request-{i}"));

        _end.SetResult();
        foreach (var id in ids)
            await EndedAsync(lab, id);

        Assert.Equal(ids.Select(PodSpecification.NameOf), lab.Sandbox.Started);
        await using var scope = lab.Database.As(Caller.Platform);
        Assert.Equal(5, await scope.Db.Set<WorkflowMessage>().CountAsync(m => m.Name == RunExecution.Name));
        foreach (var (id, i) in ids.Select((id, i) => ($"{id}", i)))
            Assert.Equal([$"request-{i}"], await scope.Db.Events.Where(e => e.AggregateId == id).Select(e => e.CorrelationId).Distinct().ToListAsync());
    }

    [Fact]
    public async Task Cancel_WhileItRuns_StopsIt()
    {
        await using var lab = await ExecutionLab.CreateAsync(runAhead: true);
        var runs = new TaskCompletionSource();
        lab.Sandbox.Script = (run, ct) =>
        {
            var script = RunUntilTheEnd(run, ct);
            runs.SetResult();
            return script;
        };
        var id = await lab.StartAsync();
        await runs.Task;

        await lab.CancelAsync(id);
        await lab.AdvanceAsync(id);

        var execution = await lab.GetAsync(id);
        Assert.Equal((ExecutionStatus.Cancelled, "partial\n"), (execution.Status, execution.Result!.Output));
    }

    [Fact]
    public async Task Advance_SandboxDidNotStart_TellsTheSagaAndGoesOnThere()
    {
        await using var lab = await ExecutionLab.CreateAsync(runAhead: true);
        lab.Sandbox.Script = (_, _) => Task.FromResult(ScriptedSandbox.StartFailed());
        var id = await lab.StartAsync();

        List<ExecutionStepKind> steps = [];
        for (var i = 0; i < 3; i++)
            steps.Add((await lab.AdvanceAsync(id)).Kind);

        Assert.Equal([ExecutionStepKind.StartFailed, ExecutionStepKind.StartFailed, ExecutionStepKind.Over], steps);
        Assert.Equal(3, lab.Sandbox.Started.Count);
        Assert.Equal(ExecutionStatus.Failed, (await lab.GetAsync(id)).Status);
    }

    [Fact]
    public async Task Advance_ResultCouldNotBeStored_HandsTheOutcomeToTheSaga()
    {
        await using var lab = await ExecutionLab.CreateAsync(runAhead: true);
        lab.Sandbox.Script = RunUntilTheEnd;
        var id = await lab.StartAsync();
        await ExecuteAsync(lab, "CREATE TRIGGER full BEFORE INSERT ON execution_results BEGIN SELECT RAISE(ABORT, 'no room'); END");
        _end.SetResult();

        var step = await lab.AdvanceAsync(id);
        Assert.Equal((ExecutionStepKind.Unstored, "done\n"), (step.Kind, step.Outcome?.Stdout));

        await ExecuteAsync(lab, "DROP TRIGGER full");
        await using (var scope = lab.Database.As(Caller.Platform))
            Assert.True(await scope.Get<ExecutionResults>().StoreAsync(id, step.RunToken, step.Outcome!, CancellationToken.None));
        Assert.Equal("done\n", (await lab.GetAsync(id)).Result!.Output);
    }

    [Fact]
    public async Task Start_ThatIsNotStored_RunsNothing()
    {
        await using var lab = await ExecutionLab.CreateAsync(runAhead: true);
        await ExecuteAsync(lab, "CREATE TRIGGER full BEFORE INSERT ON executions BEGIN SELECT RAISE(ABORT, 'no room'); END");
        await Assert.ThrowsAsync<DbUpdateException>(() => lab.StartAsync());
        Assert.True(lab.Database.Get<RunningExecutions>().IsEmpty);

        await ExecuteAsync(lab, "DROP TRIGGER full");
        await EndedAsync(lab, await lab.StartAsync());
        Assert.Single(lab.Sandbox.Started);
    }

    [Fact]
    public async Task Advance_AfterACrash_FindsTheRunLost()
    {
        await using var lab = await ExecutionLab.CreateAsync(runAhead: true);
        lab.Sandbox.Script = (_, _) => throw new InvalidOperationException("the process is gone");
        var id = await lab.StartAsync();
        await Until.TrueAsync(() => lab.Database.Get<RunningExecutions>().IsEmpty, "the run is gone");

        try
        {
            await lab.AdvanceAsync(id); // may come in the moment in which it fails; the engine then repeats it
        }
        catch (InvalidOperationException)
        {
            await lab.AdvanceAsync(id);
        }

        var execution = await lab.GetAsync(id);
        Assert.Single(lab.Sandbox.Started);
        Assert.Equal((ExecutionStatus.Failed, ExecutionErrorType.SystemError), (execution.Status, execution.Result!.ErrorType));
    }

    [Fact]
    public async Task Stop_WhileItRuns_WaitsForTheResult()
    {
        await using var lab = await ExecutionLab.CreateAsync(runAhead: true);
        lab.Sandbox.Script = async (_, _) =>
        {
            await _end.Task; // the sandbox drains
            return ScriptedSandbox.Exit(0, "done\n");
        };
        var id = await lab.StartAsync();
        await Until.TrueAsync(() => lab.Sandbox.Started.Count == 1, "it runs");

        var stop = lab.Database.Get<HeadStarts>().StopAsync(CancellationToken.None);
        Assert.False(stop.IsCompleted);
        _end.SetResult();
        await stop;

        Assert.True(lab.Database.Get<RunningExecutions>().IsEmpty);
        await lab.AdvanceAsync(id);
        Assert.Single(lab.Sandbox.Started);
        Assert.True((await lab.GetAsync(id)).Status.IsTerminal());
    }

    [Fact]
    public async Task Start_OnPostgres_LeavesTheRunToTheSaga()
    {
        await using var lab = await ExecutionLab.CreateAsync(await postgres.CreateMigratedDatabaseAsync(), runAhead: true);
        var id = await lab.StartAsync();

        Assert.Null((await lab.GetAsync(id)).RunToken);
        Assert.Equal(ExecutionStepKind.Over, (await lab.AdvanceAsync(id)).Kind);
        Assert.Equal(ExecutionStatus.Completed, (await lab.GetAsync(id)).Status);
    }

    [Fact]
    public async Task End_SandboxAcceptsNoMoreRuns_LeavesTheNextToItsSaga()
    {
        await using var lab = await ExecutionLab.CreateAsync(maxConcurrent: 1, runAhead: true);
        lab.Sandbox.Script = RunUntilTheEnd;
        var first = await lab.StartAsync();
        var next = await lab.StartAsync();

        lab.Sandbox.State = lab.Sandbox.State with { Health = SandboxHealth.Unavailable }; // the host stops
        _end.SetResult();
        await EndedAsync(lab, first);

        var waiting = await lab.GetAsync(next);
        Assert.Equal((ExecutionStatus.Queued, true, null), (waiting.Status, waiting.HoldsSlot, waiting.RunToken));
        Assert.Equal(ExecutionStepKind.Over, (await lab.AdvanceAsync(next)).Kind); // after the restart
        Assert.Equal(ExecutionStatus.Completed, (await lab.GetAsync(next)).Status);
    }

    private static async Task EndedAsync(ExecutionLab lab, Guid id) =>
        await Until.TrueAsync(async () => (await lab.GetAsync(id)).Status == ExecutionStatus.Completed, "the execution has ended");

    private static async Task ExecuteAsync(ExecutionLab lab, string sql)
    {
        await using var scope = lab.Database.As(Caller.Platform);
        await scope.Db.Database.ExecuteSqlRawAsync(sql);
    }

    private Task<SandboxResult> RunUntilTheEnd(SandboxRun run, CancellationToken ct) => ScriptedSandbox.RunUntilAsync(run, _end.Task, ct);
}
