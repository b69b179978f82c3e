using Platform.Webhooks;

namespace Platform.Functions.Webhooks;

/// <summary>Keeps the log of deliveries to its retention.</summary>
public sealed class TimerSweepWebhooks(WebhookSweep sweep)
{
    /// <summary>Delete deliveries past their retention.</summary>
    [Function("Timer_SweepWebhooks")]
    public Task RunAsync([TimerTrigger("0 30 2 * * *")] TimerInfo timer, CancellationToken ct) => sweep.DeleteOldAsync(ct);
}
