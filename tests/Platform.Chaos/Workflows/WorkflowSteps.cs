namespace Platform.Chaos.Workflows;

/// <summary>Runs the steps of one round.</summary>
internal sealed class WorkflowSteps(TaskOrchestrationContext context, WorkflowState state)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(15);

    public long Sum { get; set; } = state.Value;

    public List<Heard> Heard { get; } = [.. state.Heard];

    private EntityInstanceId Ledger { get; } = new(LedgerEntity.Name, state.Ledger);

    public Task<long> RunAsync(Step step) => step.Kind switch
    {
        StepKind.Work => WorkAsync(step, 0),
        StepKind.Parallel => ParallelAsync(step),
        StepKind.Doomed => DoomedAsync(step),
        StepKind.Timer => TimerAsync(step),
        StepKind.Event => HearAsync(Values.EventName(step.Key)),
        StepKind.Timeout => TimeoutAsync(step),
        StepKind.Race => RaceAsync(step),
        StepKind.Child => ChildAsync(step),
        StepKind.FailingChild => FailingChildAsync(step),
        StepKind.Stream => StreamAsync(step),
        StepKind.Signal => SignalAsync(step),
        _ => CallAsync(step),
    };

    private Task<long> WorkAsync(Step step, int index)
    {
        var input = new WorkInput(Values.ActivityKey(context.InstanceId, step.Key, index), step.Failures, Math.Min(step.Milliseconds, 80));
        return context.CallActivityAsync<long>(ActivityFunctions.Work, input, TaskOptions.FromRetryPolicy(new RetryPolicy(step.Failures + 1, FirstRetry, 1.5)));
    }

    private async Task<long> ParallelAsync(Step step) =>
        (await Task.WhenAll(Enumerable.Range(0, step.Count).Select(i => WorkAsync(step, i)))).Aggregate(0L, Values.Add);

    private async Task<long> DoomedAsync(Step step)
    {
        try
        {
            var input = new WorkInput(Values.ActivityKey(context.InstanceId, step.Key, 0), int.MaxValue, 0);
            return await context.CallActivityAsync<long>(ActivityFunctions.Work, input, TaskOptions.FromRetryPolicy(new RetryPolicy(2, FirstRetry)));
        }
        catch (TaskFailedException)
        {
            return Values.DoomedFailed;
        }
    }

    private async Task<long> TimerAsync(Step step)
    {
        await context.CreateTimer(TimeSpan.FromMilliseconds(step.Milliseconds), CancellationToken.None);
        return Values.TimerFired;
    }

    private async Task<long> HearAsync(string name)
    {
        var content = await context.WaitForExternalEvent<EventContent>(name);
        Heard.Add(new Heard(state.Round, content.Token));
        return content.Value;
    }

    private async Task<long> TimeoutAsync(Step step)
    {
        try
        {
            return await context.WaitForExternalEvent<long>("never", TimeSpan.FromMilliseconds(step.Milliseconds + 1));
        }
        catch (TaskCanceledException)
        {
            return Values.TimedOut;
        }
    }

    private async Task<long> RaceAsync(Step step)
    {
        using var cancellation = new CancellationTokenSource();
        var work = WorkAsync(step, 0);
        var timer = context.CreateTimer(TimeSpan.FromDays(1), cancellation.Token);
        if (await Task.WhenAny(work, timer) == timer)
            return Values.TimedOut;

        cancellation.Cancel();
        return await work;
    }

    private Task<WorkflowResult> ChildAsync(Step step, bool fails) => context.CallSubOrchestratorAsync<WorkflowResult>(
        WorkflowFunctions.Workflow,
        new WorkflowState(step.Seed, state.Depth - 1, state.Ledger, fails) { Value = step.Seed },
        new SubOrchestrationOptions(instanceId: Values.ChildId(context.InstanceId, step.Key)));

    private async Task<long> ChildAsync(Step step) => (await ChildAsync(step, fails: false)).Value;

    private async Task<long> FailingChildAsync(Step step)
    {
        try
        {
            return (await ChildAsync(step, fails: true)).Value;
        }
        catch (TaskFailedException)
        {
            return Values.ChildFailed;
        }
    }

    private async Task<long> StreamAsync(Step step)
    {
        var sender = context.CallSubOrchestratorAsync<int>(
            WorkflowFunctions.Sender,
            new SenderInput(context.InstanceId, step.Key, step.Count),
            new SubOrchestrationOptions(instanceId: Values.ChildId(context.InstanceId, step.Key)));
        var sum = 0L;
        for (var i = 0; i < step.Count; i++)
            sum = Values.Add(sum, await HearAsync(Values.StreamName(step.Key)));
        return Values.Add(sum, await sender);
    }

    private async Task<long> SignalAsync(Step step)
    {
        for (var i = 0; i < step.Count; i++)
            await context.Entities.SignalEntityAsync(Ledger, nameof(LedgerEntity.Write), Values.LedgerToken(context.InstanceId, step.Key, i));
        return Values.Signaled;
    }

    private Task<long> CallAsync(Step step) => context.Entities.CallEntityAsync<long>(Ledger, nameof(LedgerEntity.Write), Values.LedgerToken(context.InstanceId, step.Key, 0));
}
