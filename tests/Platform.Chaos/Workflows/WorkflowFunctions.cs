namespace Platform.Chaos.Workflows;

/// <summary>The orchestrators.</summary>
public static class WorkflowFunctions
{
    internal const string Workflow = "Chaos_Workflow";
    internal const string Sender = "Chaos_Sender";
    internal const string PlannedFailure = "planned failure";

    [Function(Workflow)]
    public static async Task<WorkflowResult?> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var state = context.GetInput<WorkflowState>()!;
        var plan = WorkflowPlan.From(state.Seed, state.Depth);
        var steps = new WorkflowSteps(context, state);
        foreach (var step in plan.Rounds[state.Round])
        {
            context.SetCustomStatus(step.Key);
            steps.Sum = Values.Add(steps.Sum, await steps.RunAsync(step));
        }

        if (state.Round + 1 < plan.Rounds.Count)
        {
            context.ContinueAsNew(state with { Round = state.Round + 1, Value = steps.Sum, Heard = steps.Heard });
            return null;
        }

        return state.Fails ? throw new InvalidOperationException(PlannedFailure) : new WorkflowResult(steps.Sum, steps.Heard);
    }

    /// <summary>Sends numbered events to its parent, with a turn of its own after every second.</summary>
    [Function(Sender)]
    public static async Task<int> SendAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var input = context.GetInput<SenderInput>()!;
        for (var i = 0; i < input.Count; i++)
        {
            context.SendEvent(input.Target, Values.StreamName(input.Step), new EventContent(i, Values.StreamToken(input.Step, i)));
            if (i % 2 == 1)
                await context.CallActivityAsync(ActivityFunctions.Work, new WorkInput(Values.ActivityKey(context.InstanceId, "send", i), 0, 5));
        }

        return input.Count;
    }
}
