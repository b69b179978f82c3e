using Platform.Events;

namespace Platform.Functions.Events;

/// <summary>One function per subscription of the topic <c>platform-events</c>; the handlers are registered with <c>AddEventHandler</c>.</summary>
public sealed class ConsumerFunctions(EventConsumer consumer)
{
    /// <summary>Tell users of what happened.</summary>
    [Function("Topic_Notifications")]
    public Task NotificationsAsync([ServiceBusTrigger(EventNotice.Topic, "notifications", Connection = "ServiceBus")] string message, CancellationToken ct) =>
        consumer.HandleAsync("notifications", EventNotice.Parse(message), ct);
}
