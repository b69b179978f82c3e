using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Data;
using Platform.Idempotency;

namespace Platform.Webhooks;

/// <summary>Asks for one more attempt of deliveries that have ended.</summary>
public sealed class RetryDelivery(
    PlatformDbContext db, DeliveryQueries queries, DeliverySignal signal, AuditTrail audit, IdempotentRequest idempotency, IOptions<WebhookOptions> options, TimeProvider clock)
{
    public async Task<Result<DeliveryView>> RetryAsync(Webhook webhook, Guid deliveryId, CancellationToken ct)
    {
        audit.Note("deliveryId", deliveryId);
        var retried = await db.InTransactionAsync<Result<DeliveryView>>(
            async () =>
            {
                if (!await db.LockWebhookAsync(webhook.Id, ct))
                    return WebhookErrors.NotFound;
                if (await db.WebhookDeliveries.SingleOrDefaultAsync(found => found.Id == deliveryId && found.WebhookId == webhook.Id, ct) is not { } delivery)
                    return WebhookErrors.DeliveryNotFound;
                if (delivery.IsOpen)
                    return WebhookErrors.InProgress;
                if (!await db.Webhooks.AnyAsync(found => found.Id == webhook.Id && found.Status == WebhookStatus.Active, ct))
                    return WebhookErrors.Disabled;
                var now = clock.GetUtcNow();
                if (delivery.CreatedAt.AddDays(options.Value.RetentionDays) <= now)
                    return WebhookErrors.Gone;
                delivery.Retry(now);
                var view = await queries.ShowAsync(delivery, ct);
                idempotency.Complete(view);
                await db.SaveChangesAsync(ct);
                return view;
            },
            ct);
        if (retried.IsOk)
            signal.Work.Set();
        return retried;
    }

    /// <summary>Every failed delivery of the event whose webhook is still there and enabled; false when there is none.</summary>
    internal async Task<bool> RetryFailedAsync(Guid eventId, CancellationToken ct)
    {
        var failed = await db.WebhookDeliveries.AsNoTracking().Where(delivery => delivery.EventId == eventId && delivery.Status == DeliveryStatus.Failed)
            .OrderBy(delivery => delivery.Id).ToListAsync(ct);
        var retried = 0;
        foreach (var delivery in failed)
        {
            if (await db.Webhooks.AsNoTracking().SingleOrDefaultAsync(webhook => webhook.Id == delivery.WebhookId, ct) is { } webhook
                && (await RetryAsync(webhook, delivery.Id, ct)).IsOk)
                retried++;
            db.Discard();
        }

        return retried > 0;
    }
}
