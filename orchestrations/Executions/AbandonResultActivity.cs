using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Executions;
using Platform.Identity;

namespace Platform.Orchestrations.Executions;

/// <summary>Ends an execution whose result could not be stored: <c>result_failed</c>, status <c>error</c> and a dead letter, without the output that may be the obstacle.</summary>
public sealed class AbandonResultActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Executions_AbandonResult";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(10, TimeSpan.FromSeconds(5), 2, TimeSpan.FromMinutes(5)));

    public sealed record Input(Guid ExecutionId, string Fault, string? CorrelationId);

    public static Task CallAsync(TaskOrchestrationContext context, Input input) => context.CallActivityAsync(Name, input, Retry);

    [Function(Name)]
    public async Task RunAsync([ActivityTrigger] Input input, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform, input.CorrelationId);
        await scope.ServiceProvider.GetRequiredService<ExecutionResults>().AbandonAsync(input.ExecutionId, input.Fault, ct);
    }
}
