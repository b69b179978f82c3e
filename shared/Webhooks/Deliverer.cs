using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Data;

namespace Platform.Webhooks;

/// <summary>
/// This node's loop: claims what is due and makes the attempts side by side. It sleeps until something is due or it is told of work; a node that does not hear of work
/// that another one has made is not needed for it.
/// </summary>
internal sealed class Deliverer(
    DeliveryClaims claims, DeliveryAttempt attempt, DeliverySignal signal, DatabaseReady ready, IOptions<WebhookOptions> options, TimeProvider clock, ILogger<Deliverer> log) : BackgroundService
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(5);

    private readonly DeliverySlots _slots = new(options.Value.MaxConcurrent, options.Value.MaxConcurrentPerWebhook);
    private readonly HashSet<Task> _running = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ready.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = AfterFault;
            try
            {
                pause = await BeginDueAsync(stoppingToken);
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
    }

    // Says how long there is nothing to do.
    private async Task<TimeSpan> BeginDueAsync(CancellationToken ct)
    {
        foreach (var claimed in await claims.TakeAsync(_slots, ct))
            _running.Add(Task.Run(() => MakeAsync(claimed, ct), CancellationToken.None));
        _running.RemoveWhere(task => task.IsCompleted);
        if (await claims.NextDueAsync(ct) is not { } next)
            return Longest;
        var pause = next - clock.GetUtcNow();
        return pause < Shortest ? Shortest : pause > Longest ? Longest : pause;
    }

    private async Task MakeAsync(ClaimedDelivery claimed, CancellationToken ct)
    {
        try
        {
            await attempt.MakeAsync(claimed, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await GiveBackAsync(claimed);
        }
        catch (Exception fault)
        {
            log.LogError(fault, "The attempt of webhook delivery {DeliveryId} failed; it is made again when its lease has run out", claimed.Id);
        }
        finally
        {
            _slots.Release(claimed);
            signal.Work.Set();
        }
    }

    private async Task GiveBackAsync(ClaimedDelivery claimed)
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
