using Platform.UserFunctions;

namespace Platform.Orchestrations.UserFunctions;

/// <summary>
/// Brings a version of a function into use (delivery.md §12.1), within 15 minutes in all. Until the switch the version before serves; after it, it comes back when the new one does
/// not hold.
/// </summary>
public static class FunctionDeploymentOrchestrator
{
    internal static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    [Function(FunctionDeploymentRun.Name)]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var input = context.GetInput<FunctionDeploymentRun.Input>()!;
        using var stop = new CancellationTokenSource();
        var (steps, limit) = (StepsAsync(context, input), context.CreateTimer(Longest, stop.Token));
        if (await Task.WhenAny(steps, limit) == limit)
        {
            await AbandonDeploymentActivity.CallAsync(context, input with { OutOfTime = true }); // a step that still runs finds that it is over
            return;
        }

        stop.Cancel();
        try
        {
            await steps;
        }
        catch (TaskFailedException)
        {
            await AbandonDeploymentActivity.CallAsync(context, input);
        }
    }

    private static async Task StepsAsync(TaskOrchestrationContext context, FunctionDeploymentRun.Input input)
    {
        if (await PackageFunctionActivity.CallAsync(context, input)
            && await ProbeFunctionActivity.CallAsync(context, input)
            && await SwitchFunctionActivity.CallAsync(context, input)
            && await VerifyFunctionActivity.CallAsync(context, input))
            await CompleteDeploymentActivity.CallAsync(context, input);
    }
}
