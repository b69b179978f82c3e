using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Databases;
using Platform.Identity;

namespace Platform.Orchestrations.Databases;

/// <summary>Removes the database: 5 tries, 1 to 8 seconds apart.</summary>
public sealed class RemoveDatabaseActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Databases_Remove";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromSeconds(1), 2, TimeSpan.FromMinutes(1)));

    public static Task CallAsync(TaskOrchestrationContext context, DatabaseDeletion.Input input) => context.CallActivityAsync(Name, input, Retry);

    [Function(Name)]
    public async Task RunAsync([ActivityTrigger] DatabaseDeletion.Input input, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(input.OrganizationId), input.CorrelationId);
        await scope.ServiceProvider.GetRequiredService<RemoveDatabase>().RunAsync(input.DatabaseId, ct);
    }
}
