using Platform.Replay;

namespace Platform.Orchestrations.Replay;

/// <summary>
/// One replay session (executions.md §4.1). Which events are next and whether the session may go on is decided by its row, not here: the orchestrator calls the
/// activity batch by batch, waits out long pauses between events and sees to it that the session ends.
/// </summary>
public static class ReplaySessionOrchestrator
{
    private const int BatchesPerGeneration = 50;

    [Function(ReplayWorkflow.Name)]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var input = context.GetInput<ReplayWorkflow.Input>()!;
        var signals = new ReplaySignals(context);
        for (var batch = 0; batch < BatchesPerGeneration; batch++)
        {
            var step = await AdvanceAsync(context, input);
            switch (step.Kind)
            {
                case ReplayStepKind.More:
                    break;
                case ReplayStepKind.Waiting:
                    input = input with { Pause = Pending(input.Pause, step, context.CurrentUtcDateTime) };
                    await signals.WaitUntilAsync(input.Pause.Until);
                    break;
                case ReplayStepKind.Paused:
                    await signals.WaitForResumeAsync();
                    break;
                default:
                    if (await FinishReplayActivity.CallAsync(context, input))
                        return;
                    break;
            }
        }

        context.ContinueAsNew(input);
    }

    private static async Task<ReplayStep> AdvanceAsync(TaskOrchestrationContext context, ReplayWorkflow.Input input)
    {
        long? due = input.Pause is { } pause && context.CurrentUtcDateTime >= pause.Until ? pause.Sequence : null;
        try
        {
            return await AdvanceReplayActivity.CallAsync(context, new(input.SessionId, due, input.CorrelationId));
        }
        catch (TaskFailedException e)
        {
            await FailReplayActivity.CallAsync(context, new(input.SessionId, e.FailureDetails.ErrorType, input.CorrelationId));
            return ReplayStep.Over;
        }
    }

    // A pause that was interrupted does not begin anew.
    private static ReplayWorkflow.PendingPause Pending(ReplayWorkflow.PendingPause? before, ReplayStep step, DateTime now) =>
        before is not null && before.Sequence == step.NextSequence ? before : new(step.NextSequence, now + step.Pause);
}
