using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Webhooks;

/// <summary>Reads a webhook's log.</summary>
public sealed class DeliveryQueries(PlatformDbContext db)
{
    /// <summary>A page, newest first, each delivery with its attempts.</summary>
    public async Task<Page<DeliveryView>> ListAsync(Webhook webhook, DeliveryFilter filter, CancellationToken ct)
    {
        var rows = Filtered(webhook.Id, filter);
        var total = await rows.CountAsync(ct);
        var withPayload = filter.Include.Contains(DeliveryPart.Payload);
        var page = await rows.OrderByDescending(row => row.Id).Skip(filter.Offset).Take(filter.Limit).ToListAsync(ct);
        var ids = page.ConvertAll(row => row.Id);
        var attempts = (await db.WebhookAttempts.AsNoTracking().Where(attempt => ids.Contains(attempt.DeliveryId)).OrderBy(attempt => attempt.Number).ToListAsync(ct))
            .ToLookup(attempt => attempt.DeliveryId);
        return new Page<DeliveryView>([.. page.Select(row => DeliveryView.Of(row, attempts[row.Id], withPayload))], total, filter.Limit, filter.Offset);
    }

    /// <summary>One delivery with its attempts.</summary>
    internal async Task<DeliveryView> ShowAsync(WebhookDelivery delivery, CancellationToken ct) => DeliveryView.Of(
        delivery, await db.WebhookAttempts.AsNoTracking().Where(attempt => attempt.DeliveryId == delivery.Id).OrderBy(attempt => attempt.Number).ToListAsync(ct));

    private IQueryable<WebhookDelivery> Filtered(Guid webhookId, DeliveryFilter filter)
    {
        var rows = db.WebhookDeliveries.AsNoTracking().Where(row => row.WebhookId == webhookId);
        if (filter.Status.Count > 0)
            rows = rows.Where(row => filter.Status.Contains(row.Status));
        if (filter.EventType.Count > 0)
            rows = rows.Where(row => filter.EventType.Contains(row.EventType));
        if (filter.EventId is { } eventId)
            rows = rows.Where(row => row.EventId == eventId);
        if (filter.Test is { } test)
            rows = rows.Where(row => row.IsTest == test);
        if (filter.From is { } from)
            rows = rows.Where(row => row.CreatedAt >= from);
        return filter.To is { } to ? rows.Where(row => row.CreatedAt < to) : rows;
    }
}
