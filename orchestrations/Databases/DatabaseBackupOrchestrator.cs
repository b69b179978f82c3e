using Platform.Databases;

namespace Platform.Orchestrations.Databases;

/// <summary>Makes a backup (delivery.md §12.1).</summary>
public static class DatabaseBackupOrchestrator
{
    [Function(DatabaseBackupRun.Name)]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var input = context.GetInput<DatabaseBackupRun.Input>()!;
        try
        {
            await MakeBackupActivity.CallAsync(context, input);
        }
        catch (TaskFailedException)
        {
            await FailBackupActivity.CallAsync(context, input);
        }
    }
}
