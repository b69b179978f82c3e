using Platform.Databases;

namespace Platform.Orchestrations.Databases;

/// <summary>Makes a database (delivery.md §12.1). When that fails for good, nothing stays of it but a row that says so.</summary>
public static class DatabaseProvisionOrchestrator
{
    [Function(DatabaseProvision.Name)]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var input = context.GetInput<DatabaseProvision.Input>()!;
        try
        {
            await ProvisionDatabaseActivity.CallAsync(context, input);
        }
        catch (TaskFailedException)
        {
            await FailProvisionActivity.CallAsync(context, input);
        }
    }
}
