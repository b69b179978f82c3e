namespace Platform.Chaos.Workflows;

/// <summary>The orchestrators.</summary>
public static class WorkflowFunctions
{
    internal const string Workflow = "Chaos_Workflow";
    internal const string Sender = "Chaos_Sender";
    internal const string Unnamed = "Chaos_Unnamed";
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

    /// <summary>Started without an id, so that its creation and its first turn are one commit.</summary>
    [Function(Unnamed)]
    public static async Task<UnnamedResult> RunUnnamedAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var label = context.GetInput<string>()!;
        var first = context.CallActivityAsync<long>(ActivityFunctions.Work, new WorkInput(Values.ActivityKey(label, "unnamed", 0), 0, 5));
        await context.CreateTimer(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        var sum = Values.Add(0, await first);
        return new UnnamedResult(label, Values.Add(sum, await context.CallActivityAsync<long>(ActivityFunctions.Work, new WorkInput(Values.ActivityKey(label, "unnamed", 1), 0, 0))));
    }
}
