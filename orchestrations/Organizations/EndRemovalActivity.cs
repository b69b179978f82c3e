using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;

namespace Platform.Orchestrations.Organizations;

/// <summary>Deletes the row of the organization or project when everything else is gone.</summary>
public sealed class EndRemovalActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Organizations_EndRemoval";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromSeconds(5), 2, TimeSpan.FromMinutes(1)));

    public sealed record Input(TenantScope Tenant, string? CorrelationId);

    public static Task CallAsync(TaskOrchestrationContext context, Input input) => context.CallActivityAsync(Name, input, Retry);

    [Function(Name)]
    public async Task RunAsync([ActivityTrigger] Input input, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(input.Tenant.OrganizationId), input.CorrelationId);
        await scope.ServiceProvider.GetRequiredService<TenantRemoval>().EndAsync(input.Tenant, ct);
    }
}
