using Platform.Organizations;

namespace Platform.Orchestrations.Organizations;

/// <summary>What both removals have in common: every area's clean-up in its order, batch by batch, then the row itself.</summary>
internal static class TenantSteps
{
    public static async Task RemoveAsync(TaskOrchestrationContext context, TenantScope tenant, string? correlationId)
    {
        var step = "plan";
        try
        {
            foreach (var next in await PlanCleanupActivity.CallAsync(context, tenant))
            {
                step = next;
                while (await CleanTenantActivity.CallAsync(context, new(step, tenant, correlationId)))
                {
                    // another batch
                }
            }
            step = "end";
            await EndRemovalActivity.CallAsync(context, new(tenant, correlationId));
        }
        catch (TaskFailedException failed)
        {
            await ReportCleanupActivity.CallAsync(context, new(step, failed.FailureDetails.ErrorType, tenant, correlationId));
            throw;
        }
    }
}
