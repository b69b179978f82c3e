using Platform.UserFunctions;

namespace Platform.Orchestrations.UserFunctions;

/// <summary>Brings a version of a function into use (delivery.md §12.1). Until the switch the version before serves; after it, it comes back when the new one does not hold.</summary>
public static class FunctionDeploymentOrchestrator
{
    [Function(FunctionDeploymentRun.Name)]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var input = context.GetInput<FunctionDeploymentRun.Input>()!;
        try
        {
            if (await PackageFunctionActivity.CallAsync(context, input)
                && await ProbeFunctionActivity.CallAsync(context, input)
                && await SwitchFunctionActivity.CallAsync(context, input)
                && await VerifyFunctionActivity.CallAsync(context, input))
                await CompleteDeploymentActivity.CallAsync(context, input);
        }
        catch (TaskFailedException)
        {
            await AbandonDeploymentActivity.CallAsync(context, input);
        }
    }
}
