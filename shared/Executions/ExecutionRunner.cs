using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Sandbox;
using Platform.Sandbox.Runtimes;

namespace Platform.Executions;

/// <summary>Runs a claimed execution in the sandbox, once, and tells how it ended.</summary>
public sealed class ExecutionRunner(
    PlatformDbContext db, ISandbox sandbox, SandboxPool pool, LiveOutput live, IOptions<ExecutionOptions> options, TimeProvider clock, ILogger<ExecutionRunner> log)
{
    /// <summary>
    /// The outcome, or null when the sandbox did not start and the execution is in the queue again. Throws when the host stops meanwhile: whoever comes
    /// next finds the claim and knows that the run was lost.
    /// </summary>
    public async Task<ExecutionOutcome?> RunAsync(Execution execution, SupportedRuntime runtime, RunningExecutions.Running run, CancellationToken ct)
    {
        var (id, token) = (execution.Id, execution.RunToken!.Value);
        try
        {
            using var room = await ReserveAsync(run.Token);
            var result = await sandbox.RunAsync(
                SandboxRuns.Of(execution, runtime) with
                {
                    OnStarted = started => new ValueTask(RecordStartAsync(id, token, started, ct)),
                    OnOutput = chunk => live.PublishAsync(id, chunk),
                },
                run.Token);
            if (ct.IsCancellationRequested && !run.CancelledByUser)
                throw new OperationCanceledException(ct);
            return result.Reason == SandboxReason.StartFailed && await RequeueAsync(id, token, ct) ? null : ExecutionOutcome.Of(result);
        }
        catch (OperationCanceledException) when (run.CancelledByUser && !ct.IsCancellationRequested)
        {
            return ExecutionOutcome.Cancelled; // it was still waiting for room on this host
        }
    }

    private Task<IDisposable> ReserveAsync(CancellationToken ct) =>
        pool.ReserveAsync(options.Value.CpuRequestMillicores / 1000.0, (long)options.Value.MemoryRequestMb << 20, ct);

    // Runs while the script does, so it costs the script no time. A start that cannot be recorded does not harm the run: its end says it all.
    private async Task RecordStartAsync(Guid id, Guid token, SandboxStarted started, CancellationToken ct)
    {
        try
        {
            await ChangeAsync(id, token, execution => Begin(execution, started), ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.LogWarning(e, "The start of execution {ExecutionId} could not be recorded", id);
        }
    }

    private bool Begin(Execution execution, SandboxStarted started)
    {
        if (execution.Start(started.At) is not null)
            return false;

        var pod = execution.PodName;
        execution.Saga?.Reach(SagaSteps.Monitor, started.At);
        db.RaiseFor(execution, new ExecutionStartedEvent(execution.Id, pod, started.Node, started.ProcessId.ToString()));
        db.RaiseFor(execution, new PodRunning(execution.Id, pod, [new ContainerStatus(execution.Lang, Ready: true, RestartCount: 0, State: "running")]));
        db.RaiseFor(execution, new ExecutionRunning(execution.Id, pod));
        return true;
    }

    private async Task<bool> RequeueAsync(Guid id, Guid token, CancellationToken ct) => await ChangeAsync(id, token, Requeue, ct);

    private bool Requeue(Execution execution)
    {
        var now = clock.GetUtcNow();
        if (execution.Requeue(now) is not null)
            return false;

        const string Reason = "start_failed";
        execution.Allocation!.Release(now);
        execution.Saga!.StartAgain(now);
        db.RaiseFor(execution, new ReleaseResourcesCommand(execution.Id, execution.Allocation.CpuRequest, execution.Allocation.MemoryRequest));
        db.RaiseFor(execution, new DeletePodCommand(execution.Saga.Id, execution.Id, Reason, execution.PodName, PodSpecification.Namespace));
        db.RaiseFor(execution, new PodDeleted(execution.Id, execution.PodName, Reason));
        return true;
    }

    private Task<bool> ChangeAsync(Guid id, Guid token, Func<Execution, bool> change, CancellationToken ct) => db.RetryOnRaceAsync(async () =>
    {
        var execution = await db.FindTrackedWorkAsync(id, ct);
        if (execution?.RunToken != token || !change(execution))
            return false;

        await db.SaveChangesAsync(ct);
        return true;
    });
}
