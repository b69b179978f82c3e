using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.UserFunctions;

namespace Platform.Orchestrations.UserFunctions;

/// <summary>Notes that a deployment could not be carried out, and takes back what it had switched: 10 tries, 5 seconds to 5 minutes apart.</summary>
public sealed class AbandonDeploymentActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Functions_AbandonDeployment";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(10, TimeSpan.FromSeconds(5), 2, TimeSpan.FromMinutes(5)));

    public static Task CallAsync(TaskOrchestrationContext context, FunctionDeploymentRun.Input input) => context.CallActivityAsync(Name, input, Retry);

    [Function(Name)]
    public async Task RunAsync([ActivityTrigger] FunctionDeploymentRun.Input input, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(input.OrganizationId), input.CorrelationId);
        await scope.ServiceProvider.GetRequiredService<DeployFunction>().AbandonAsync(input.DeploymentId, input.OutOfTime, ct);
    }
}
