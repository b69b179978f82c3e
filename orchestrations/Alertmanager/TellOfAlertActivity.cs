using Platform.Alertmanager;

namespace Platform.Orchestrations.Alertmanager;

/// <summary>Tells a page of users of an alert; who has been told already is not told again.</summary>
public sealed class TellOfAlertActivity(TellOfAlert tell)
{
    private const string Name = "Alertmanager_Tell";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromSeconds(5), 2, TimeSpan.FromMinutes(1)));

    public sealed record Input(AlertFanOut.Item Item, Guid After, string? CorrelationId);

    public static Task<AlertPage> CallAsync(TaskOrchestrationContext context, Input input) => context.CallActivityAsync<AlertPage>(Name, input, Retry);

    [Function(Name)]
    public Task<AlertPage> RunAsync([ActivityTrigger] Input input, CancellationToken ct) => tell.TellPageAsync(input.Item, input.After, input.CorrelationId, ct);
}
