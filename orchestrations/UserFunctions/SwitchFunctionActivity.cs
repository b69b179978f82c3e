using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.UserFunctions;

namespace Platform.Orchestrations.UserFunctions;

/// <summary>Brings the version into use: 5 tries, 1 to 8 seconds apart. False ends the deployment.</summary>
public sealed class SwitchFunctionActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Functions_Switch";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromSeconds(1), 2));

    public static Task<bool> CallAsync(TaskOrchestrationContext context, FunctionDeploymentRun.Input input) => context.CallActivityAsync<bool>(Name, input, Retry);

    [Function(Name)]
    public async Task<bool> RunAsync([ActivityTrigger] FunctionDeploymentRun.Input input, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(input.OrganizationId), input.CorrelationId);
        return await scope.ServiceProvider.GetRequiredService<DeployFunction>().SwitchAsync(input.DeploymentId, ct);
    }
}
