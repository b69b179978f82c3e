using Platform.Databases;

namespace Platform.Orchestrations.Databases;

/// <summary>Puts a backup into a database, the safety backup first (delivery.md §12.1). Whatever fails, the old data serve again.</summary>
public static class DatabaseRestoreOrchestrator
{
    [Function(DatabaseRestore.Name)]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var input = context.GetInput<DatabaseRestore.Input>()!;
        var safety = input.SafetyBackupId is { } id ? new DatabaseBackupRun.Input(input.OrganizationId, id, input.CorrelationId) : null;
        try
        {
            if (safety is not null)
                await MakeBackupActivity.CallAsync(context, safety);
            await RestoreBackupActivity.CallAsync(context, input);
        }
        catch (TaskFailedException)
        {
            if (safety is not null)
                await FailBackupActivity.CallAsync(context, safety);
            await FailRestoreActivity.CallAsync(context, input);
        }
    }
}
