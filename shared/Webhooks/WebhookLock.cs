using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Webhooks;

/// <summary>Holds a webhook's row. Whoever writes a webhook or its deliveries locks it first, in this order.</summary>
internal static class WebhookLock
{
    /// <summary>Others that ask for the same webhook wait until this transaction ends. False when it is gone.</summary>
    public static async Task<bool> LockWebhookAsync(this PlatformDbContext db, Guid id, CancellationToken ct) =>
        await db.Webhooks.Where(webhook => webhook.Id == id).ExecuteUpdateAsync(set => set.SetProperty(webhook => webhook.Version, webhook => webhook.Version), ct) > 0;

    /// <summary>As <see cref="LockWebhookAsync"/>, several at once; always in the same order, so that nobody waits in a circle. On SQLite a transaction is alone anyway.</summary>
    public static async Task LockWebhooksAsync(this PlatformDbContext db, Guid[] ids, CancellationToken ct)
    {
        if (db.Database.IsNpgsql())
            await db.Database.SqlQuery<Guid>($"SELECT id AS \"Value\" FROM webhooks WHERE id = ANY({ids}) ORDER BY id FOR NO KEY UPDATE").ToListAsync(ct);
    }

    /// <summary>Those of the webhooks that are active and that nobody holds, held until this transaction ends. On SQLite a transaction is alone anyway.</summary>
    public static async Task<List<Guid>> TryLockWebhooksAsync(this PlatformDbContext db, Guid[] ids, CancellationToken ct)
    {
        if (db.Database.IsNpgsql())
        {
            return await db.Database
                .SqlQuery<Guid>($"SELECT id AS \"Value\" FROM webhooks WHERE id = ANY({ids}) AND status = 'active' FOR NO KEY UPDATE SKIP LOCKED")
                .ToListAsync(ct);
        }

        return await db.Webhooks.Where(webhook => ids.Contains(webhook.Id) && webhook.Status == WebhookStatus.Active).Select(webhook => webhook.Id).ToListAsync(ct);
    }

    /// <summary>What waits for the webhook is not sent any more; an attempt that runs ends by itself.</summary>
    public static Task<int> CancelWaitingAsync(this PlatformDbContext db, Guid webhookId, CancellationToken ct) => db.WebhookDeliveries
        .Where(delivery => delivery.WebhookId == webhookId && (delivery.Status == DeliveryStatus.Pending || delivery.Status == DeliveryStatus.Retrying))
        .ExecuteUpdateAsync(set => set.SetProperty(delivery => delivery.Status, DeliveryStatus.Cancelled).SetProperty(delivery => delivery.DueAt, (DateTimeOffset?)null), ct);
}
