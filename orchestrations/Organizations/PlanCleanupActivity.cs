using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;

namespace Platform.Orchestrations.Organizations;

/// <summary>Asks which steps this version of the app has; the answer stays in the history.</summary>
public sealed class PlanCleanupActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Organizations_PlanCleanup";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromSeconds(1), 2));

    public static Task<IReadOnlyList<string>> CallAsync(TaskOrchestrationContext context, TenantScope tenant) => context.CallActivityAsync<IReadOnlyList<string>>(Name, tenant, Retry);

    [Function(Name)]
    public async Task<IReadOnlyList<string>> RunAsync([ActivityTrigger] TenantScope tenant)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(tenant.OrganizationId));
        return scope.ServiceProvider.GetRequiredService<TenantRemoval>().Plan;
    }
}
