using Platform.Webhooks;

namespace Platform.Functions.Webhooks;

/// <summary>The net below the deliverers: work of a node that died is found, whoever has heard of it.</summary>
public sealed class TimerDeliverWebhooks(WebhookSweep sweep, DeliverySignal signal)
{
    /// <summary>Look for deliveries that are due.</summary>
    [Function("Timer_DeliverWebhooks")]
    public async Task RunAsync([TimerTrigger("*/30 * * * * *")] TimerInfo timer, CancellationToken ct)
    {
        await sweep.CancelStrayAsync(ct);
        signal.Work.Set();
    }
}
