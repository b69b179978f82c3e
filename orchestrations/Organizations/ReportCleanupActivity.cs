using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;

namespace Platform.Orchestrations.Organizations;

/// <summary>Leaves a dead letter for a removal that has failed for good.</summary>
public sealed class ReportCleanupActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Organizations_ReportCleanup";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(10, TimeSpan.FromSeconds(5), 2, TimeSpan.FromMinutes(5)));

    public sealed record Input(string Step, string Fault, TenantScope Tenant, string? CorrelationId);

    public static Task CallAsync(TaskOrchestrationContext context, Input input) => context.CallActivityAsync(Name, input, Retry);

    [Function(Name)]
    public async Task RunAsync([ActivityTrigger] Input input, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(input.Tenant.OrganizationId), input.CorrelationId);
        await scope.ServiceProvider.GetRequiredService<TenantRemoval>().ReportAsync(input.Tenant, input.Step, input.Fault, ct);
    }
}
