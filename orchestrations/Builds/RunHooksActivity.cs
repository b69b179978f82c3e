using Microsoft.Extensions.DependencyInjection;
using Platform.Builds;
using Platform.Data;
using Platform.Identity;

namespace Platform.Orchestrations.Builds;

/// <summary>Runs the hooks: 5 tries, 2 seconds to a minute apart. A repetition does not run them again but ends what an earlier one left.</summary>
public sealed class RunHooksActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Builds_RunHooks";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromSeconds(2), 3, TimeSpan.FromMinutes(1)));

    public static Task CallAsync(TaskOrchestrationContext context, BuildHooksRun.Input input) => context.CallActivityAsync(Name, input, Retry);

    [Function(Name)]
    public async Task RunAsync([ActivityTrigger] BuildHooksRun.Input input, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(input.OrganizationId), input.CorrelationId);
        await scope.ServiceProvider.GetRequiredService<RunHooks>().RunAsync(input, ct);
    }
}
