using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Identity;

namespace Platform.Webhooks;

/// <summary>A delivery that this node has claimed, as it is stored, and its webhook as it was then.</summary>
/// <param name="Slot">Who holds the place of the attempt.</param>
/// <param name="LeaseEnd">Until then nobody else takes it.</param>
internal sealed record ClaimedDelivery(WebhookDelivery Delivery, Webhook Webhook, DueWebhook Slot, DateTimeOffset LeaseEnd);

/// <summary>
/// Takes due deliveries for this node, those of all webhooks at once. A webhook's row is locked while its deliveries are claimed, so that no two nodes claim the same one or
/// together more than a webhook may have at a time; who finds it locked leaves it to the other.
/// </summary>
public sealed class DeliveryClaims(IServiceScopeFactory scopes, DatabaseReady ready, IOptions<WebhookOptions> options, TimeProvider clock)
{
    private const int Candidates = 500; // more than there are slots: some of them are busy already

    private static readonly HotQuery<Func<PlatformDbContext, bool, DateTimeOffset, IAsyncEnumerable<DueWebhook>>> DueWebhooks = new(() => EF.CompileAsyncQuery(
        (PlatformDbContext db, bool failing, DateTimeOffset now) => db.Webhooks
            .Where(webhook => webhook.Status == WebhookStatus.Active && webhook.IsFailing == failing
                && db.WebhookDeliveries.Any(delivery => delivery.WebhookId == webhook.Id && delivery.DueAt <= now))
            .OrderBy(webhook => webhook.LastDeliveryAt != null).ThenBy(webhook => webhook.LastDeliveryAt).ThenBy(webhook => webhook.Id)
            .Select(webhook => new DueWebhook(webhook.Id, webhook.OrganizationId, webhook.IsFailing, webhook.LastSuccessAt != null)).Take(Candidates)));

    private static readonly HotQuery<Func<PlatformDbContext, Guid, DateTimeOffset, int, IAsyncEnumerable<Guid>>> DueDeliveries = new(() => EF.CompileAsyncQuery(
        (PlatformDbContext db, Guid webhookId, DateTimeOffset now, int count) => db.WebhookDeliveries.Where(delivery => delivery.WebhookId == webhookId && delivery.DueAt <= now)
            .OrderBy(delivery => delivery.DueAt).ThenBy(delivery => delivery.Id).Select(delivery => delivery.Id).Take(count)));

    /// <summary>Claims as many as the slots allow, those of the least recently served webhooks first.</summary>
    internal async Task<IReadOnlyList<ClaimedDelivery>> TakeAsync(DeliverySlots slots, CancellationToken ct)
    {
        await ready.WaitAsync(ct);
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var now = clock.GetUtcNow();
        List<DueWebhook> due = [.. await FindDueAsync(db, failing: false, slots, now, ct), .. await FindDueAsync(db, failing: true, slots, now, ct)];
        if (due.Count == 0)
            return [];
        var chosen = new Dictionary<Guid, DueWebhook>();
        try
        {
            return await db.InRepeatableTransactionAsync(
                async () =>
                {
                    await ChooseAsync(db, due, slots, chosen, ct);
                    return chosen.Count == 0 ? [] : await ClaimAsync(db, chosen, ct);
                },
                ct);
        }
        catch
        {
            foreach (var slot in chosen.Values)
                slots.Release(slot);
            throw;
        }
    }

    /// <summary>When something is due next; null when nothing waits.</summary>
    internal async Task<DateTimeOffset?> NextDueAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        return await db.WebhookDeliveries
            .Where(delivery => delivery.DueAt != null && db.Webhooks.Any(webhook => webhook.Id == delivery.WebhookId && webhook.Status == WebhookStatus.Active))
            .OrderBy(delivery => delivery.DueAt).Select(delivery => delivery.DueAt).FirstOrDefaultAsync(ct);
    }

    /// <summary>Gives a claim back: the node is stopping.</summary>
    internal async Task ReleaseAsync(WebhookDelivery claimed)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var (db, now) = (scope.ServiceProvider.GetRequiredService<PlatformDbContext>(), clock.GetUtcNow());
        await db.InTransactionAsync(
            () => db.WebhookDeliveries.Where(delivery => delivery.Id == claimed.Id && delivery.ClaimId == claimed.ClaimId)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(delivery => delivery.Status, DeliveryStatus.Pending)
                        .SetProperty(delivery => delivery.DueAt, (DateTimeOffset?)now).SetProperty(delivery => delivery.ClaimId, (Guid?)null),
                    CancellationToken.None),
            CancellationToken.None);
    }

    private static async Task<List<DueWebhook>> FindDueAsync(PlatformDbContext db, bool failing, DeliverySlots slots, DateTimeOffset now, CancellationToken ct)
    {
        List<DueWebhook> found = [];
        if (slots.FreeFor(failing) == 0)
            return found;
        await foreach (var webhook in DueWebhooks.For(db)(db, failing, now).WithCancellation(ct))
        {
            if (slots.FreeFor(webhook) > 0)
                found.Add(webhook);
        }

        return found;
    }

    private async Task ChooseAsync(PlatformDbContext db, List<DueWebhook> due, DeliverySlots slots, Dictionary<Guid, DueWebhook> chosen, CancellationToken ct)
    {
        var locked = await db.TryLockWebhooksAsync([.. due.Select(webhook => webhook.Id)], ct);
        var now = clock.GetUtcNow();
        var running = await db.WebhookDeliveries.Where(delivery => locked.Contains(delivery.WebhookId) && delivery.ClaimId != null && delivery.DueAt > now)
            .GroupBy(delivery => delivery.WebhookId).Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Key, group => group.Count, ct);
        var mine = locked.ToHashSet();
        foreach (var webhook in due.Where(webhook => mine.Contains(webhook.Id)))
        {
            var room = Math.Min(slots.FreeFor(webhook), webhook.LimitOf(options.Value.MaxConcurrentPerWebhook) - running.GetValueOrDefault(webhook.Id));
            if (room <= 0)
                continue;
            await foreach (var id in DueDeliveries.For(db)(db, webhook.Id, now, room).WithCancellation(ct))
            {
                chosen.Add(id, webhook);
                slots.Take(webhook);
            }
        }
    }

    private async Task<List<ClaimedDelivery>> ClaimAsync(PlatformDbContext db, Dictionary<Guid, DueWebhook> chosen, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (claim, leaseEnd) = (Guid.CreateVersion7(now), now.AddSeconds(options.Value.LeaseSeconds));
        Guid[] ids = [.. chosen.Keys], webhookIds = [.. chosen.Values.Select(webhook => webhook.Id).Distinct()];
        await db.WebhookDeliveries.Where(delivery => ids.Contains(delivery.Id)).ExecuteUpdateAsync(
            set => set.SetProperty(delivery => delivery.Status, DeliveryStatus.Delivering).SetProperty(delivery => delivery.ClaimId, (Guid?)claim)
                .SetProperty(delivery => delivery.DueAt, (DateTimeOffset?)leaseEnd),
            ct);
        var webhooks = await db.Webhooks.AsNoTracking().Where(webhook => webhookIds.Contains(webhook.Id)).ToDictionaryAsync(webhook => webhook.Id, ct);
        var deliveries = await db.WebhookDeliveries.AsNoTracking().Where(delivery => ids.Contains(delivery.Id)).ToListAsync(ct);
        return deliveries.ConvertAll(delivery => new ClaimedDelivery(delivery, webhooks[delivery.WebhookId], chosen[delivery.Id], leaseEnd));
    }
}
