using Microsoft.EntityFrameworkCore;
using Platform.Executions;
using Platform.Identity;
using Platform.Sandbox;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Executions;

public sealed class AdvanceExecutionTests
{
    [Fact]
    public async Task Advance_FreeSlot_RunsToTheStoredResultWithTheContractsEvents()
    {
        await using var lab = await ExecutionLab.CreateAsync();
        lab.Sandbox.Script = (run, ct) => ScriptedSandbox.RunUntilAsync(run, Task.CompletedTask, ct);
        var id = await lab.StartAsync();

        Assert.Equal(ExecutionStepKind.Over, (await lab.AdvanceAsync(id)).Kind);

        var execution = await lab.GetAsync(id);
        Assert.Equal((ExecutionStatus.Completed, "done\n", 0), (execution.Status, execution.Result!.Output, execution.Result.ExitCode));
        Assert.Equal((SagaState.Completed, AllocationStatus.Released, false), (execution.Saga!.State, execution.Allocation!.Status, execution.HoldsSlot));
        Assert.Equal(SagaSteps.All, execution.Saga.CompletedSteps);
        Assert.Equal(
            [
                "execution_requested", "saga_started", "execution_accepted", "execution_queued", "allocate_resources_command", "create_pod_command", "pod_created", "pod_scheduled",
                "execution_started", "pod_running", "execution_running", "pod_succeeded", "execution_completed", "result_stored",
                "release_resources_command", "delete_pod_command", "pod_deleted", "saga_completed",
            ],
            await lab.EventsAsync(id));
    }

    [Fact]
    public async Task Advance_AfterACrashDuringTheRun_ReportsLostAndNeverRunsAgain()
    {
        await using var lab = await ExecutionLab.CreateAsync();
        using var host = new CancellationTokenSource();
        lab.Sandbox.Script = (run, ct) =>
        {
            host.Cancel();
            return ScriptedSandbox.RunUntilAsync(run, Task.Delay(Timeout.Infinite, ct), ct);
        };
        var id = await lab.StartAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lab.AdvanceAsync(id, host.Token));

        await lab.AdvanceAsync(id);
        await lab.AdvanceAsync(id);

        var execution = await lab.GetAsync(id);
        Assert.Single(lab.Sandbox.Started);
        Assert.Equal((ExecutionStatus.Failed, ExecutionErrorType.SystemError, SagaState.Failed), (execution.Status, execution.Result!.ErrorType, execution.Saga!.State));
        Assert.Single(await lab.EventsAsync(id), "result_stored");
    }

    [Fact]
    public async Task Advance_SandboxDoesNotStart_RequeuesThreeTimesThenFails()
    {
        await using var lab = await ExecutionLab.CreateAsync();
        lab.Sandbox.Script = (_, _) => Task.FromResult(ScriptedSandbox.StartFailed());
        var id = await lab.StartAsync();

        List<ExecutionStepKind> steps = [];
        for (var i = 0; i < 3; i++)
            steps.Add((await lab.AdvanceAsync(id)).Kind);

        var execution = await lab.GetAsync(id);
        Assert.Equal([ExecutionStepKind.StartFailed, ExecutionStepKind.StartFailed, ExecutionStepKind.Over], steps);
        Assert.Equal((ExecutionStatus.Failed, 2), (execution.Status, execution.Saga!.RetryCount));
        Assert.Equal(["remove_from_queue", "release_resources"], execution.Saga.CompensatedSteps);
    }

    [Fact]
    public async Task Advance_NoSlotUntilStale_FailsWithResourceLimit()
    {
        await using var lab = await ExecutionLab.CreateAsync(maxConcurrent: 1);
        var end = new TaskCompletionSource();
        lab.Sandbox.Script = (run, ct) => ScriptedSandbox.RunUntilAsync(run, end.Task, ct);
        var running = await lab.StartAsync();
        var waiting = await lab.StartAsync();
        var first = lab.AdvanceAsync(running);
        Assert.Equal(ExecutionStepKind.Waiting, (await lab.AdvanceAsync(waiting)).Kind);

        lab.Database.Clock.Advance(TimeSpan.FromSeconds(3600));
        Assert.Equal(ExecutionStepKind.Over, (await lab.AdvanceAsync(waiting)).Kind);

        var execution = await lab.GetAsync(waiting);
        Assert.Equal((ExecutionStatus.Failed, ExecutionErrorType.ResourceLimit), (execution.Status, execution.Result!.ErrorType));
        end.SetResult();
        await first;
    }

    [Fact]
    public async Task Cancel_Queued_EndsWithoutRunning()
    {
        await using var lab = await ExecutionLab.CreateAsync();
        var id = await lab.StartAsync();

        Assert.Equal("cancellation_requested", (await lab.CancelAsync(id)).Value.Status);
        Assert.Equal("cancellation_requested", (await lab.CancelAsync(id)).Value.Status);
        await lab.AdvanceAsync(id);

        Assert.Equal("already_cancelled", (await lab.CancelAsync(id)).Value.Status);
        Assert.Empty(lab.Sandbox.Started);
        Assert.Equal(
            ["execution_requested", "saga_started", "execution_accepted", "execution_queued", "execution_cancelled", "result_stored", "saga_cancelled"],
            await lab.EventsAsync(id));
    }

    [Fact]
    public async Task Cancel_Running_StopsTheSandboxAndKeepsThePartialOutput()
    {
        await using var lab = await ExecutionLab.CreateAsync();
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

        await lab.CancelAsync(id);
        await run;

        var execution = await lab.GetAsync(id);
        Assert.Equal((ExecutionStatus.Cancelled, "partial\n", -1), (execution.Status, execution.Result!.Output, execution.Result.ExitCode));
        Assert.Equal(SagaState.Cancelled, execution.Saga!.State);
        Assert.Null(execution.Result.ErrorType);
    }

    [Fact]
    public async Task Cancel_RunEndsFirst_ItsOwnResultStands()
    {
        await using var lab = await ExecutionLab.CreateAsync();
        Guid id = default;
        lab.Sandbox.Script = async (_, _) =>
        {
            await lab.CancelAsync(id);
            return ScriptedSandbox.Exit(0, "done\n");
        };
        id = await lab.StartAsync();

        await lab.AdvanceAsync(id);

        Assert.Equal(ExecutionStatus.Completed, (await lab.GetAsync(id)).Status);
        Assert.Equal("execution.cannot_cancel", (await lab.CancelAsync(id)).Error?.Code);
    }

    public static TheoryData<SandboxReason, int, ExecutionStatus, ExecutionErrorType?> Ends() => new()
    {
        { SandboxReason.Exited, 0, ExecutionStatus.Completed, null },
        { SandboxReason.Exited, 3, ExecutionStatus.Failed, ExecutionErrorType.ScriptError },
        { SandboxReason.Signaled, 139, ExecutionStatus.Failed, ExecutionErrorType.ScriptError },
        { SandboxReason.Oom, 137, ExecutionStatus.Failed, ExecutionErrorType.ResourceLimit },
        { SandboxReason.Timeout, -1, ExecutionStatus.Timeout, ExecutionErrorType.Timeout },
        { SandboxReason.BlockedSystemCall, 159, ExecutionStatus.Failed, ExecutionErrorType.PermissionDenied },
        { SandboxReason.Lost, -1, ExecutionStatus.Failed, ExecutionErrorType.SystemError },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task Advance_EveryEndOfARun_IsMappedAsTheContractSays(SandboxReason reason, int exitCode, ExecutionStatus status, ExecutionErrorType? type)
    {
        await using var lab = await ExecutionLab.CreateAsync();
        lab.Sandbox.Script = (_, _) => Task.FromResult(new SandboxResult { ExitCode = exitCode, Reason = reason });
        var id = await lab.StartAsync();

        await lab.AdvanceAsync(id);

        var execution = await lab.GetAsync(id);
        Assert.Equal((status, type, exitCode), (execution.Status, execution.Result!.ErrorType, execution.Result.ExitCode));
        Assert.Equal(reason == SandboxReason.Lost ? SagaState.Failed : SagaState.Completed, execution.Saga!.State);
    }
}
