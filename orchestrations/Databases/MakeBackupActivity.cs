using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Databases;
using Platform.Identity;

namespace Platform.Orchestrations.Databases;

/// <summary>Makes the backup: 2 tries, 2 seconds apart.</summary>
public sealed class MakeBackupActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Databases_MakeBackup";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(2, TimeSpan.FromSeconds(2)));

    public static Task CallAsync(TaskOrchestrationContext context, DatabaseBackupRun.Input input) => context.CallActivityAsync(Name, input, Retry);

    [Function(Name)]
    public async Task RunAsync([ActivityTrigger] DatabaseBackupRun.Input input, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(input.OrganizationId), input.CorrelationId);
        await scope.ServiceProvider.GetRequiredService<MakeBackup>().RunAsync(input.BackupId, ct);
    }
}
