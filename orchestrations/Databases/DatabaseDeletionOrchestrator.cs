using Platform.Databases;

namespace Platform.Orchestrations.Databases;

/// <summary>Removes a database, after its last backup when one is wanted (delivery.md §12.1). When that fails for good, its row says so and a timer begins the next attempt.</summary>
public static class DatabaseDeletionOrchestrator
{
    [Function(DatabaseDeletion.Name)]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var input = context.GetInput<DatabaseDeletion.Input>()!;
        try
        {
            if (input.FinalBackupId is { } final)
                await MakeBackupActivity.CallAsync(context, new DatabaseBackupRun.Input(input.OrganizationId, final, input.CorrelationId));
            await RemoveDatabaseActivity.CallAsync(context, input);
        }
        catch (TaskFailedException)
        {
            await FailRemovalActivity.CallAsync(context, input);
        }
    }
}
