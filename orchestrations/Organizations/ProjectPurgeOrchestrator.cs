using Platform.Organizations;

namespace Platform.Orchestrations.Organizations;

public static class ProjectPurgeOrchestrator
{
    [Function(ProjectPurge.Name)]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var input = context.GetInput<ProjectPurge.Input>()!;
        await TenantSteps.RemoveAsync(context, new TenantScope(input.OrganizationId, input.ProjectId), input.CorrelationId);
    }
}
