using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Databases;
using Platform.Identity;

namespace Platform.Orchestrations.Databases;

/// <summary>Makes the database: 3 tries, 1 and 2 seconds apart. What its maker's SQL gets wrong is no failure but the outcome.</summary>
public sealed class ProvisionDatabaseActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Databases_Provision";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromSeconds(1), 2));

    public static Task CallAsync(TaskOrchestrationContext context, DatabaseProvision.Input input) => context.CallActivityAsync(Name, input, Retry);

    [Function(Name)]
    public async Task RunAsync([ActivityTrigger] DatabaseProvision.Input input, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(input.OrganizationId), input.CorrelationId);
        await scope.ServiceProvider.GetRequiredService<ProvisionDatabase>().RunAsync(input.OrganizationId, input.DatabaseId, ct);
    }
}
