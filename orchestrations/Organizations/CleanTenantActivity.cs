using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;

namespace Platform.Orchestrations.Organizations;

/// <summary>A batch of one step: five tries, 5 to 60 seconds apart.</summary>
public sealed class CleanTenantActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Organizations_CleanTenant";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromSeconds(5), 2, TimeSpan.FromMinutes(1)));

    public sealed record Input(string Step, TenantScope Tenant, string? CorrelationId);

    /// <summary>True when the step has more to do.</summary>
    public static Task<bool> CallAsync(TaskOrchestrationContext context, Input input) => context.CallActivityAsync<bool>(Name, input, Retry);

    [Function(Name)]
    public async Task<bool> RunAsync([ActivityTrigger] Input input, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(input.Tenant.OrganizationId), input.CorrelationId);
        return await scope.ServiceProvider.GetRequiredService<TenantRemoval>().CleanAsync(input.Step, input.Tenant, ct);
    }
}
