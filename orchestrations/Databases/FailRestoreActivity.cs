using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Databases;
using Platform.Identity;

namespace Platform.Orchestrations.Databases;

/// <summary>Notes that the backup could not be restored: 10 tries, 5 seconds to 5 minutes apart.</summary>
public sealed class FailRestoreActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Databases_FailRestore";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(10, TimeSpan.FromSeconds(5), 2, TimeSpan.FromMinutes(5)));

    public static Task CallAsync(TaskOrchestrationContext context, DatabaseRestore.Input input) => context.CallActivityAsync(Name, input, Retry);

    [Function(Name)]
    public async Task RunAsync([ActivityTrigger] DatabaseRestore.Input input, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(input.OrganizationId), input.CorrelationId);
        await scope.ServiceProvider.GetRequiredService<RestoreBackup>().FailAsync(input.RestoreId, input.TargetId, ct);
    }
}
