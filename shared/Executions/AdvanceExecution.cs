using Microsoft.Extensions.Logging;
using Platform.Sandbox.Runtimes;

namespace Platform.Executions;

/// <summary>
/// Drives one execution as far as it gets: into the queue, or through its run to the stored result. Safe to call again at any time, also after a crash in the
/// middle: what was claimed is not run twice.
/// </summary>
public sealed class AdvanceExecution(
    HeadStarts ahead, AdmitExecution admit, ExecutionRunner runner, ExecutionResults results, RunningExecutions running, RuntimeCatalog runtimes, ILogger<AdvanceExecution> log)
{
    public async Task<ExecutionStep> AdvanceAsync(RunExecution.Input input, CancellationToken ct)
    {
        if (await ahead.JoinAsync(input.ExecutionId, ct) is { } done)
            return done;

        // Announced before anything is read: a cancellation is either seen in the row or reaches the run.
        using var run = running.Enter(input.ExecutionId, ct);
        await runtimes.Ready.WaitAsync(ct); // after a restart the runtimes are probed first
        var admission = await admit.AdmitAsync(input, Guid.CreateVersion7(), ct);
        if (admission.MustWait)
            return ExecutionStep.Waiting;

        if (admission is { ToRun: { } execution, Runtime: { } runtime })
            return await RunAsync(execution, runtime, run, ct);
        return admission.Refusal is { } outcome ? await StoreAsync(input.ExecutionId, admission.Fence, outcome) : ExecutionStep.Over;
    }

    /// <summary>Runs an execution that this unit of work has claimed, and stores its result.</summary>
    internal async Task<ExecutionStep> RunAsync(Execution claimed, SupportedRuntime runtime, RunningExecutions.Running run, CancellationToken ct)
    {
        var (id, token) = (claimed.Id, claimed.RunToken);
        return await runner.RunAsync(claimed, runtime, run, ct) is { } outcome ? await StoreAsync(id, token, outcome) : ExecutionStep.StartFailed;
    }

    // Not cancelled with the host: the script has run, what it did must be known.
    private async Task<ExecutionStep> StoreAsync(Guid id, Guid? fence, ExecutionOutcome outcome)
    {
        try
        {
            await results.StoreAsync(id, fence, outcome, CancellationToken.None);
            return ExecutionStep.Over;
        }
        catch (Exception e)
        {
            log.LogError(e, "The result of execution {ExecutionId} could not be stored at once", id);
            return new ExecutionStep(ExecutionStepKind.Unstored, fence, outcome);
        }
    }
}
