using Platform.Executions;

namespace Platform.Orchestrations.Executions;

/// <summary>
/// The saga of one execution (executions.md §4.1). What it may do next is decided by the row, not here: each call of the activity goes as far as it can, so that
/// the orchestrator only waits, repeats and, when a result cannot be stored, sees to it that the execution ends all the same.
/// </summary>
public static class RunExecutionOrchestrator
{
    private static readonly TimeSpan PauseAfterFailedStart = TimeSpan.FromSeconds(5);

    [Function(RunExecution.Name)]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var input = context.GetInput<RunExecution.Input>()!;
        var wake = new WakeUp(context, context.CurrentUtcDateTime.AddSeconds(input.StaleSeconds));
        while (true)
        {
            var step = await AdvanceAsync(context, input);
            switch (step.Kind)
            {
                case ExecutionStepKind.Over:
                    return;
                case ExecutionStepKind.Waiting:
                    await wake.WaitAsync();
                    break;
                case ExecutionStepKind.StartFailed:
                    await context.CreateTimer(PauseAfterFailedStart, CancellationToken.None);
                    break;
                default:
                    await StoreAsync(context, new StoreResultActivity.Input(input.ExecutionId, step.RunToken, step.Outcome!, input.CorrelationId));
                    return;
            }
        }
    }

    private static async Task<ExecutionStep> AdvanceAsync(TaskOrchestrationContext context, RunExecution.Input input)
    {
        try
        {
            return await AdvanceExecutionActivity.CallAsync(context, input);
        }
        catch (TaskFailedException)
        {
            return new ExecutionStep(ExecutionStepKind.Unstored, Outcome: ExecutionOutcome.SystemFailure("The platform could not run the execution"));
        }
    }

    private static async Task StoreAsync(TaskOrchestrationContext context, StoreResultActivity.Input input)
    {
        try
        {
            await StoreResultActivity.CallAsync(context, input);
        }
        catch (TaskFailedException e)
        {
            await AbandonResultActivity.CallAsync(context, new(input.ExecutionId, e.FailureDetails.ErrorType, input.CorrelationId));
        }
    }
}
