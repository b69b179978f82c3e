using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.UserFunctions;

namespace Platform.Orchestrations.UserFunctions;

/// <summary>Lets the former workers go and ends the deployment: 10 tries, 1 second to 1 minute apart.</summary>
public sealed class CompleteDeploymentActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Functions_CompleteDeployment";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(10, TimeSpan.FromSeconds(1), 2, TimeSpan.FromMinutes(1)));

    public static Task<bool> CallAsync(TaskOrchestrationContext context, FunctionDeploymentRun.Input input) => context.CallActivityAsync<bool>(Name, input, Retry);

    [Function(Name)]
    public async Task<bool> RunAsync([ActivityTrigger] FunctionDeploymentRun.Input input, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(input.OrganizationId), input.CorrelationId);
        return await scope.ServiceProvider.GetRequiredService<DeployFunction>().CompleteAsync(input.DeploymentId, ct);
    }
}
