using Platform.Notifications;

namespace Platform.Orchestrations.Notifications;

/// <summary>
/// Takes one notification to its receiver (executions.md §4.1). What may be done when is decided by the rows, not here: the orchestrator waits until the activity wants to be
/// called again, for a schedule, quiet hours, a digest or the next try.
/// </summary>
public static class NotificationDeliveryOrchestrator
{
    [Function(NotificationDelivery.Name)]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var input = context.GetInput<NotificationDelivery.Input>()!;
        while (await DeliverNotificationActivity.CallAsync(context, input) is { Until: { } until })
            await context.CreateTimer(until.UtcDateTime, CancellationToken.None);
    }
}
