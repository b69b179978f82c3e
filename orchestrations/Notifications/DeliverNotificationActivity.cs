using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Notifications;

namespace Platform.Orchestrations.Notifications;

/// <summary>Takes a delivery as far as it can go now. What the receiver refuses is data; the tries here are for the platform's own failures, over some hours.</summary>
public sealed class DeliverNotificationActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Notifications_Deliver";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(50, TimeSpan.FromSeconds(5), 2, TimeSpan.FromMinutes(5)));

    public static Task<DeliveryStep> CallAsync(TaskOrchestrationContext context, NotificationDelivery.Input input) =>
        context.CallActivityAsync<DeliveryStep>(Name, input, Retry);

    [Function(Name)]
    public async Task<DeliveryStep> RunAsync([ActivityTrigger] NotificationDelivery.Input input, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform, input.CorrelationId);
        return await scope.ServiceProvider.GetRequiredService<DeliverNotification>().AdvanceAsync(input.NotificationId, ct);
    }
}
