using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Replay;

namespace Platform.Orchestrations.Replay;

/// <summary>Ends a session whose batch has failed for good: 10 tries, 5 seconds to 5 minutes apart.</summary>
public sealed class FailReplayActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Replay_Fail";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(10, TimeSpan.FromSeconds(5), 2, TimeSpan.FromMinutes(5)));

    public sealed record Input(Guid SessionId, string Fault, string CorrelationId);

    public static Task CallAsync(TaskOrchestrationContext context, Input input) => context.CallActivityAsync(Name, input, Retry);

    [Function(Name)]
    public async Task RunAsync([ActivityTrigger] Input input, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform, input.CorrelationId);
        await scope.ServiceProvider.GetRequiredService<FinishReplay>().FailAsync(input.SessionId, input.Fault, ct);
    }
}
