using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Platform.Executions;
using Platform.Identity;
using Platform.Sandbox;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Executions;

[Collection(PostgresServer.Collection)]
public sealed class CancelSagaTests(PostgresServer postgres)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancel_Running_EndsTheSagaAtOnceAndUndoesItsStepsWithTheRun(bool onPostgres)
    {
        await using var lab = await CreateLabAsync(onPostgres);
        var started = new TaskCompletionSource();
        lab.Sandbox.Script = async (run, ct) =>
        {
            var result = ScriptedSandbox.RunUntilAsync(run, Task.Delay(Timeout.Infinite, ct), ct);
            started.SetResult();
            return await result;
        };
        var id = await lab.StartAsync();
        var run = lab.AdvanceAsync(id);
        await started.Task;

        Assert.True((await CancelAsync(lab, id)).IsOk);
        Assert.Equal(SagaState.Cancelled, (await lab.GetAsync(id)).Saga!.State);
        await run;

        var execution = await lab.GetAsync(id);
        Assert.Equal((ExecutionStatus.Cancelled, "partial\n", -1), (execution.Status, execution.Result!.Output, execution.Result.ExitCode));
        Assert.Equal((SagaState.Cancelled, AllocationStatus.Released, false), (execution.Saga!.State, execution.Allocation!.Status, execution.HoldsSlot));
        Assert.Equal(["delete_pod", "remove_from_queue", "release_resources"], execution.Saga.CompensatedSteps);
        Assert.Null(execution.Saga.ErrorMessage);
        var events = await lab.EventsAsync(id);
        Assert.Equal(
            [
                "saga_cancelled", "execution_cancelled", "pod_terminated", "result_stored", "saga_compensating", "saga_compensating", "saga_compensating", "release_resources_command",
                "delete_pod_command", "pod_deleted", "saga_compensated",
            ],
            events[events.IndexOf("saga_cancelled")..].Where(type => type is not ("execution_started" or "pod_running" or "execution_running")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancel_ScriptEndsBeforeItIsStopped_TheExecutionIsCancelledAllTheSame(bool onPostgres)
    {
        await using var lab = await CreateLabAsync(onPostgres);
        Guid id = default;
        lab.Sandbox.Script = async (_, _) =>
        {
            Assert.True((await CancelAsync(lab, id)).IsOk);
            return ScriptedSandbox.Exit(0, "done\n");
        };
        id = await lab.StartAsync();

        await lab.AdvanceAsync(id);

        var execution = await lab.GetAsync(id);
        Assert.Equal((ExecutionStatus.Cancelled, SagaState.Cancelled, "done\n", -1), (execution.Status, execution.Saga!.State, execution.Result!.Output, execution.Result.ExitCode));
        Assert.Single(await lab.EventsAsync(id), "saga_cancelled");
        Assert.Single(await lab.EventsAsync(id), "result_stored");
        Assert.DoesNotContain("execution_completed", await lab.EventsAsync(id));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancel_WaitingForASlot_EndsWithoutRunning(bool onPostgres)
    {
        await using var lab = await CreateLabAsync(onPostgres, maxConcurrent: 1);
        await lab.StartAsync();
        var id = await lab.StartAsync();

        Assert.True((await CancelAsync(lab, id)).IsOk);
        await lab.AdvanceAsync(id);

        var execution = await lab.GetAsync(id);
        Assert.Equal((ExecutionStatus.Cancelled, SagaState.Cancelled), (execution.Status, execution.Saga!.State));
        Assert.Empty(lab.Sandbox.Started);
    }

    [Fact]
    public async Task Cancel_SandboxIsLost_SaysWhichStepCouldNotBeUndone()
    {
        await using var lab = await CreateLabAsync(onPostgres: false);
        Guid id = default;
        lab.Sandbox.Script = async (_, _) =>
        {
            await CancelAsync(lab, id);
            return new SandboxResult { ExitCode = -1, Reason = SandboxReason.Lost };
        };
        id = await lab.StartAsync();

        await lab.AdvanceAsync(id);

        var saga = (await lab.GetAsync(id)).Saga!;
        Assert.Equal((SagaState.Cancelled, "delete_pod: The sandbox was lost"), (saga.State, saga.ErrorMessage));
        Assert.Equal(["remove_from_queue", "release_resources"], saga.CompensatedSteps);
    }

    [Fact]
    public async Task Cancel_ResultCannotBeStored_EndsInErrorWithACancelledSaga()
    {
        await using var lab = await CreateLabAsync(onPostgres: false);
        var id = await lab.StartAsync();
        await CancelAsync(lab, id);
        await using var scope = lab.Database.As(Caller.Platform);

        Assert.True(await scope.Get<ExecutionResults>().AbandonAsync(id, "Fault", CancellationToken.None));

        var execution = await lab.GetAsync(id);
        Assert.Equal((ExecutionStatus.Error, SagaState.Cancelled), (execution.Status, execution.Saga!.State));
        Assert.Equal("dlq_message_received", await scope.Db.Events.Where(e => e.Topic == "dlq_events").Select(e => e.EventType).SingleAsync());
    }

    public static readonly TheoryData<SagaState, bool> States = new()
    {
        { SagaState.Created, true },
        { SagaState.Running, true },
        { SagaState.Completed, false },
        { SagaState.Compensating, false },
        { SagaState.Failed, false },
        { SagaState.Timeout, false },
        { SagaState.Cancelled, false },
    };

    [Theory]
    [MemberData(nameof(States))]
    public async Task Cancel_InEachState_IsTakenOrRefused(SagaState state, bool isTaken)
    {
        await using var lab = await CreateLabAsync(onPostgres: false);
        var id = await lab.StartAsync();
        await using (var scope = lab.Database.As(Caller.Platform))
            await scope.Db.Sagas.Where(s => s.ExecutionId == id).ExecuteUpdateAsync(set => set.SetProperty(s => s.State, state));

        var answer = await CancelAsync(lab, id);

        Assert.Equal(isTaken, answer.IsOk);
        if (!isTaken)
            Assert.Equal(ExecutionErrors.CannotCancelSaga(state), answer.Error);
        Assert.Equal(isTaken ? 1 : 0, (await lab.EventsAsync(id)).Count(type => type == "saga_cancelled"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CancelAndEnd_AtOnce_AgreeOnOneEnd(bool onPostgres)
    {
        await using var lab = await CreateLabAsync(onPostgres);
        for (var round = 0; round < 10; round++)
        {
            var id = await lab.StartAsync();
            var cancelled = new ConcurrentBag<bool>();
            var ends = Task.Run(() => lab.AdvanceAsync(id));
            await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(async () => cancelled.Add((await CancelAsync(lab, id)).IsOk))));
            await ends;
            await lab.AdvanceAsync(id);

            var (execution, events) = (await lab.GetAsync(id), await lab.EventsAsync(id));
            var wasCancelled = Assert.Single(cancelled.Where(ok => ok).DefaultIfEmpty());
            Assert.Equal(wasCancelled ? (ExecutionStatus.Cancelled, SagaState.Cancelled) : (ExecutionStatus.Completed, SagaState.Completed), (execution.Status, execution.Saga!.State));
            Assert.Single(events, type => type is "saga_cancelled" or "saga_completed");
            Assert.Single(events, "result_stored");
        }
    }

    private async Task<ExecutionLab> CreateLabAsync(bool onPostgres, int maxConcurrent = 10) =>
        await ExecutionLab.CreateAsync(onPostgres ? await postgres.CreateMigratedDatabaseAsync() : null, maxConcurrent);

    private static async Task<Result<SagaCancelAnswer>> CancelAsync(ExecutionLab lab, Guid executionId)
    {
        await using var scope = lab.Database.As(lab.User);
        var saga = await scope.Db.Sagas.Where(s => s.ExecutionId == executionId).Select(s => s.Id).SingleAsync();
        return await scope.Get<CancelSaga>().CancelAsync(saga, CancellationToken.None);
    }
}
