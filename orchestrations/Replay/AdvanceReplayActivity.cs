using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Replay;

namespace Platform.Orchestrations.Replay;

/// <summary>Replays a batch: 3 tries, 1 and 2 seconds apart. A repeated one goes on behind the last event that counts.</summary>
public sealed class AdvanceReplayActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Replay_Advance";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromSeconds(1), 2));

    /// <param name="Due">Sequence of the event whose pause is over.</param>
    public sealed record Input(Guid SessionId, long? Due, string CorrelationId);

    public static Task<ReplayStep> CallAsync(TaskOrchestrationContext context, Input input) => context.CallActivityAsync<ReplayStep>(Name, input, Retry);

    [Function(Name)]
    public async Task<ReplayStep> RunAsync([ActivityTrigger] Input input, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform, input.CorrelationId); // events of all tenants
        return await scope.ServiceProvider.GetRequiredService<RunReplay>().AdvanceAsync(input.SessionId, input.Due, ct);
    }
}
