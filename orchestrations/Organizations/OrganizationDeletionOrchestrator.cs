using Platform.Organizations;

namespace Platform.Orchestrations.Organizations;

public static class OrganizationDeletionOrchestrator
{
    // Other nodes may act for two more seconds on rights that they remember; what they add by then is removed too.
    private static readonly TimeSpan RightsForgotten = TimeSpan.FromSeconds(3);

    [Function(OrganizationDeletion.Name)]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var input = context.GetInput<OrganizationDeletion.Input>()!;
        await context.CreateTimer(RightsForgotten, CancellationToken.None);
        await TenantSteps.RemoveAsync(context, new TenantScope(input.OrganizationId, null), input.CorrelationId);
    }
}
