using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Replay;

namespace Platform.Orchestrations.Replay;

/// <summary>Ends a session and makes its file: 10 tries, 1 second to 5 minutes apart.</summary>
public sealed class FinishReplayActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Replay_Finish";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(10, TimeSpan.FromSeconds(1), 2, TimeSpan.FromMinutes(5)));

    /// <summary>False when the session was paused meanwhile.</summary>
    public static Task<bool> CallAsync(TaskOrchestrationContext context, ReplayWorkflow.Input input) => context.CallActivityAsync<bool>(Name, input, Retry);

    [Function(Name)]
    public async Task<bool> RunAsync([ActivityTrigger] ReplayWorkflow.Input input, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform, input.CorrelationId);
        return await scope.ServiceProvider.GetRequiredService<FinishReplay>().FinishAsync(input.SessionId, ct);
    }
}
