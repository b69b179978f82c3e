using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Executions;
using Platform.Identity;

namespace Platform.Orchestrations.Executions;

/// <summary>Stores an outcome that could not be stored at the end of the run: 5 tries, 1 to 30 seconds apart.</summary>
public sealed class StoreResultActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Executions_StoreResult";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromSeconds(1), 2.5, TimeSpan.FromSeconds(30)));

    /// <summary><paramref name="RunToken"/> is the fence of the worker that ran the script; null stands for whoever has it.</summary>
    public sealed record Input(Guid ExecutionId, Guid? RunToken, ExecutionOutcome Outcome, string? CorrelationId);

    public static Task CallAsync(TaskOrchestrationContext context, Input input) => context.CallActivityAsync(Name, input, Retry);

    [Function(Name)]
    public async Task RunAsync([ActivityTrigger] Input input, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform, input.CorrelationId);
        var results = scope.ServiceProvider.GetRequiredService<ExecutionResults>();
        await (input.RunToken is { } fence ? results.StoreAsync(input.ExecutionId, fence, input.Outcome, ct) : results.EndAsync(input.ExecutionId, input.Outcome, ct));
    }
}
