using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Platform.Webhooks;

/// <summary>
/// This node's loop: writes down what has ended, claims what is due and makes the attempts side by side, so that the busier it is, the more of them share a transaction. It
/// sleeps until something is due or it is told of work; a node that does not hear of work that another one has made is not needed for it.
/// </summary>
internal sealed class Deliverer(
    DeliveryClaims claims, DeliveryAttempt attempt, DeliveryLog ended, DeliverySignal signal, IOptions<WebhookOptions> options, TimeProvider clock, ILogger<Deliverer> log) : BackgroundService
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(5);

    private readonly DeliverySlots _slots = new(options.Value.MaxConcurrent, options.Value.MaxConcurrentPerWebhook);
    private readonly HashSet<Task> _running = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = AfterFault;
            try
            {
                pause = await WorkAsync(stoppingToken);
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
            {
                log.LogWarning(fault, "Due webhook deliveries could not be claimed; trying again");
            }

            await signal.Work.WaitAsync(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(_running);
        await WriteEndedAsync();
    }

    // Says how long there is nothing to do.
    private async Task<TimeSpan> WorkAsync(CancellationToken ct)
    {
        await WriteEndedAsync();
        var begun = await claims.TakeAsync(_slots, ct);
        foreach (var claimed in begun)
            _running.Add(Task.Run(() => MakeAsync(claimed, ct), CancellationToken.None));
        _running.RemoveWhere(task => task.IsCompleted);
        if (begun.Count > 0)
            return Shortest; // the first of them to end comes sooner
        if (await claims.NextDueAsync(ct) is not { } next)
            return Longest;
        var pause = next - clock.GetUtcNow();
        return pause < Shortest ? Shortest : pause > Longest ? Longest : pause;
    }

    private async Task WriteEndedAsync()
    {
        foreach (var claimed in await ended.WriteAsync())
            _slots.Release(claimed.Slot);
    }

    private async Task MakeAsync(ClaimedDelivery claimed, CancellationToken ct)
    {
        try
        {
            if (await attempt.MakeAsync(claimed, ct) is { } result)
            {
                ended.Add(new EndedAttempt(claimed, result)); // which keeps its slot until it is written
                signal.Work.Set();
                return;
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await GiveBackAsync(claimed.Delivery);
        }
        catch (Exception fault)
        {
            log.LogError(fault, "The attempt of webhook delivery {DeliveryId} failed; it is made again when its lease has run out", claimed.Delivery.Id);
        }

        _slots.Release(claimed.Slot);
        signal.Work.Set();
    }

    private async Task GiveBackAsync(WebhookDelivery claimed)
    {
        try
        {
            await claims.ReleaseAsync(claimed);
        }
        catch (Exception fault)
        {
            log.LogWarning(fault, "Webhook delivery {DeliveryId} could not be given back; its lease will run out", claimed.Id);
        }
    }
}
