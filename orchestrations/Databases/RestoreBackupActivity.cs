using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Databases;
using Platform.Identity;

namespace Platform.Orchestrations.Databases;

/// <summary>Restores the backup: 2 tries, 2 seconds apart. What is wrong with the backup is no failure but the outcome.</summary>
public sealed class RestoreBackupActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Databases_Restore";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(2, TimeSpan.FromSeconds(2)));

    public static Task CallAsync(TaskOrchestrationContext context, DatabaseRestore.Input input) => context.CallActivityAsync(Name, input, Retry);

    [Function(Name)]
    public async Task RunAsync([ActivityTrigger] DatabaseRestore.Input input, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(input.OrganizationId), input.CorrelationId);
        await scope.ServiceProvider.GetRequiredService<RestoreBackup>().RunAsync(input.RestoreId, input.TargetId, input.BackupId, ct);
    }
}
