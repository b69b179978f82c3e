using Microsoft.Extensions.DependencyInjection;
using Platform.Builds;
using Platform.Data;
using Platform.Identity;

namespace Platform.Orchestrations.Builds;

/// <summary>Takes a build as far as it goes: 10 tries, 5 seconds to 5 minutes apart. Repeating it is harmless: a claimed build is not run again.</summary>
public sealed class AdvanceBuildActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Builds_Advance";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(10, TimeSpan.FromSeconds(5), 2, TimeSpan.FromMinutes(5)));

    public static Task<BuildAdvance> CallAsync(TaskOrchestrationContext context, BuildRun.Input input) => context.CallActivityAsync<BuildAdvance>(Name, input, Retry);

    [Function(Name)]
    public async Task<BuildAdvance> RunAsync([ActivityTrigger] BuildRun.Input input, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(input.OrganizationId), input.CorrelationId);
        return await scope.ServiceProvider.GetRequiredService<AdvanceBuild>().AdvanceAsync(input, ct);
    }
}
