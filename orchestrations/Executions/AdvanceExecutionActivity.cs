using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Executions;
using Platform.Identity;

namespace Platform.Orchestrations.Executions;

/// <summary>
/// Validates, allocates, queues and, as soon as there is a slot, runs the script and stores its result: one activity, because no wait lies between these steps.
/// Repeating it is harmless: a claimed script is not started again but reported as lost.
/// </summary>
public sealed class AdvanceExecutionActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Executions_Advance";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromSeconds(5), 2));

    public static Task<ExecutionStep> CallAsync(TaskOrchestrationContext context, RunExecution.Input input) =>
        context.CallActivityAsync<ExecutionStep>(Name, input, Retry);

    [Function(Name)]
    public async Task<ExecutionStep> RunAsync([ActivityTrigger] RunExecution.Input input, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform, input.CorrelationId); // the queue is one for all tenants
        return await scope.ServiceProvider.GetRequiredService<AdvanceExecution>().AdvanceAsync(input, ct);
    }
}
