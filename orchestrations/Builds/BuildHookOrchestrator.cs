using Platform.Builds;

namespace Platform.Orchestrations.Builds;

/// <summary>Runs hooks that somebody has asked for (delivery.md §12.1).</summary>
public static class BuildHookOrchestrator
{
    [Function(BuildHooksRun.Name)]
    public static Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context) => RunHooksActivity.CallAsync(context, context.GetInput<BuildHooksRun.Input>()!);
}
