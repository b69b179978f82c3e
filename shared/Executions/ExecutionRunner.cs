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
        var start = new RunStart(started => RecordStartAsync(execution.Id, execution.RunToken!.Value, started, ct), clock);
        try
        {
            var result = await RunAsync(SandboxRuns.Of(execution, runtime) with { OnStarted = Note(start), OnOutput = ShowAfter(start, execution.Id) }, run.Token);
            if (ct.IsCancellationRequested && !run.CancelledByUser)
                throw new OperationCanceledException(ct);
            if (result.Reason == SandboxReason.StartFailed && await RequeueAsync(execution.Id, execution.RunToken!.Value, ct))
                return null;
            return ExecutionOutcome.Of(result) with { Start = await start.EndAsync() };
        }
        catch (OperationCanceledException) when (run.CancelledByUser && !ct.IsCancellationRequested)
        {
            return ExecutionOutcome.Cancelled; // it was still waiting for room on this host
        }
        finally
        {
            await start.EndAsync(); // before anybody else uses the unit of work
        }
    }

    private async Task<SandboxResult> RunAsync(SandboxRun run, CancellationToken ct)
    {
        using var room = await ReserveAsync(ct);
        return await sandbox.RunAsync(run, ct);
    }

    private static Func<SandboxStarted, ValueTask> Note(RunStart start) => started =>
    {
        start.Happened(started);
        return ValueTask.CompletedTask;
    };

    private Func<OutputChunk, ValueTask> ShowAfter(RunStart start, Guid id) => async chunk =>
    {
        if (!live.IsWatched(id))
            return;
        await start.RecordAsync();
        live.Publish(id, chunk);
    };

    private Task<IDisposable> ReserveAsync(CancellationToken ct) =>
        pool.ReserveAsync(options.Value.CpuRequestMillicores / 1000.0, (long)options.Value.MemoryRequestMb << 20, ct);

    // Runs while the script does, so it costs the script no time. A start that cannot be recorded does not harm the run: its end says it all.
    private async Task RecordStartAsync(Guid id, Guid token, SandboxStarted started, CancellationToken ct)
    {
        try
        {
            await ChangeAsync(id, token, execution => db.RaiseStart(execution, started), ct);
        }
        catch (Exception e)
        {
            if (!ct.IsCancellationRequested)
                log.LogWarning(e, "The start of execution {ExecutionId} could not be recorded", id);
        }
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
