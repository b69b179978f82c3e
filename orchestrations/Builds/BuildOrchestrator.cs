using Platform.Builds;

namespace Platform.Orchestrations.Builds;

/// <summary>
/// Brings a build through (delivery.md §12.1). What it may do next is decided by the row, not here: each call of the activity goes as far as it can, so that the
/// orchestrator only waits for a slot and repeats.
/// </summary>
public static class BuildOrchestrator
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(5);

    [Function(BuildRun.Name)]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var input = context.GetInput<BuildRun.Input>()!;
        var changed = context.WaitForExternalEvent<object?>(BuildRun.Changed);
        while (true)
        {
            switch (await AdvanceBuildActivity.CallAsync(context, input))
            {
                case BuildAdvance.Over:
                    return;
                case BuildAdvance.Waiting:
                    using (var stop = new CancellationTokenSource())
                    {
                        if (await Task.WhenAny(changed, context.CreateTimer(LookAgain, stop.Token)) == changed)
                        {
                            stop.Cancel();
                            changed = context.WaitForExternalEvent<object?>(BuildRun.Changed);
                        }
                    }

                    break;
            }
        }
    }
}
