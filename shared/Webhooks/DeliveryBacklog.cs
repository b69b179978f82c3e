using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Data;

namespace Platform.Webhooks;

/// <summary>
/// Room for further deliveries of each webhook. What waits is counted when the room known before has been used up, and not for each event: what other nodes add in between
/// makes the limit an approximate one.
/// </summary>
public sealed class DeliveryBacklog(IOptions<WebhookOptions> options)
{
    private const int MostKnown = 100_000;

    private readonly ConcurrentDictionary<Guid, int> _room = new();

    /// <summary>Takes the place of one more delivery; false when there is none.</summary>
    internal async Task<bool> TryTakeAsync(PlatformDbContext db, Guid webhookId, CancellationToken ct)
    {
        if (Take(webhookId))
            return true;
        var waiting = await db.WebhookDeliveries.CountAsync(delivery => delivery.WebhookId == webhookId && delivery.DueAt != null, ct);
        if (_room.Count > MostKnown)
            _room.Clear();
        _room[webhookId] = options.Value.MaxWaiting - waiting;
        return Take(webhookId);
    }

    private bool Take(Guid webhookId)
    {
        while (_room.TryGetValue(webhookId, out var room) && room > 0)
        {
            if (_room.TryUpdate(webhookId, room - 1, room))
                return true;
        }

        return false;
    }
}
