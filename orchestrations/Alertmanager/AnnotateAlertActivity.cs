using Microsoft.Extensions.DependencyInjection;
using Platform.Alertmanager;
using Platform.Data;
using Platform.Identity;

namespace Platform.Orchestrations.Alertmanager;

/// <summary>Writes a repetition or the end of an alert into the notifications of its firing or its end; doing it twice changes nothing.</summary>
public sealed class AnnotateAlertActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Alertmanager_Annotate";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromSeconds(5), 2, TimeSpan.FromMinutes(1)));

    public sealed record Input(Guid StateId, Guid CauseId, string? CorrelationId);

    public static Task CallAsync(TaskOrchestrationContext context, Input input) => context.CallActivityAsync(Name, input, Retry);

    [Function(Name)]
    public async Task RunAsync([ActivityTrigger] Input input, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform, input.CorrelationId);
        await scope.ServiceProvider.GetRequiredService<AnnotateAlert>().AnnotateAsync(input.StateId, input.CauseId, ct);
    }
}
