using Microsoft.Extensions.Logging;
using Platform.Sandbox.Runtimes;

namespace Platform.Executions;

/// <summary>
/// Drives one execution as far as it gets: into the queue, or through its run to the stored result. Safe to call again at any time, also after a crash in the
/// middle: what was claimed is not run twice.
/// </summary>
public sealed class AdvanceExecution(
    AdmitExecution admit, ExecutionRunner runner, ExecutionResults results, RunningExecutions running, RuntimeCatalog runtimes, ILogger<AdvanceExecution> log)
{
    public async Task<ExecutionStep> AdvanceAsync(RunExecution.Input input, CancellationToken ct)
    {
        // Announced before anything is read: a cancellation is either seen in the row or reaches the run.
        using var run = running.Enter(input.ExecutionId, ct);
        await runtimes.Ready.WaitAsync(ct); // after a restart the runtimes are probed first
        var admission = await admit.AdmitAsync(input, Guid.CreateVersion7(), ct);
        if (admission.MustWait)
            return ExecutionStep.Waiting;

        var outcome = admission.Refusal;
        if (admission is { ToRun: { } execution, Runtime: { } runtime })
        {
            outcome = await runner.RunAsync(execution, runtime, run, ct);
            if (outcome is null)
                return ExecutionStep.StartFailed;
        }

        return outcome is null ? ExecutionStep.Over : await StoreAsync(input.ExecutionId, admission.Fence, outcome);
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
