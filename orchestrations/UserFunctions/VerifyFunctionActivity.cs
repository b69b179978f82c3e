using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.UserFunctions;

namespace Platform.Orchestrations.UserFunctions;

/// <summary>Asks the version that serves: 3 tries, 1 and 2 seconds apart. False: the one before serves again.</summary>
public sealed class VerifyFunctionActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Functions_Verify";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromSeconds(1), 2));

    public static Task<bool> CallAsync(TaskOrchestrationContext context, FunctionDeploymentRun.Input input) => context.CallActivityAsync<bool>(Name, input, Retry);

    [Function(Name)]
    public async Task<bool> RunAsync([ActivityTrigger] FunctionDeploymentRun.Input input, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(input.OrganizationId), input.CorrelationId);
        return await scope.ServiceProvider.GetRequiredService<DeployFunction>().VerifyAsync(input.DeploymentId, ct);
    }
}
