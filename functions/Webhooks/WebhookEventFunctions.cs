using Platform.Events;
using Platform.Webhooks;

namespace Platform.Functions.Webhooks;

/// <summary>The subscription of the topic <c>platform-events</c> from which deliveries are made.</summary>
public sealed class WebhookEventFunctions(WebhookConsumer consumer)
{
    /// <summary>Make deliveries of what happened.</summary>
    [Function("Topic_Webhooks")]
    public Task RunAsync([ServiceBusTrigger(EventNotice.Topic, WebhookConsumer.Subscription, Connection = "ServiceBus")] string message, CancellationToken ct) =>
        consumer.HandleAsync(EventNotice.Parse(message), ct);
}
