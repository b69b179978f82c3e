using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Identity;

namespace Platform.Webhooks;

/// <summary>
/// Takes due deliveries for this node. A webhook's row is locked while its deliveries are claimed, so that no two nodes claim the same one or together more than a webhook
/// may have at a time; who finds it locked leaves it to the other.
/// </summary>
public sealed class DeliveryClaims(IServiceScopeFactory scopes, IOptions<WebhookOptions> options, TimeProvider clock)
{
    private const int Candidates = 500; // more than there are slots: some of them are busy already

    /// <summary>Claims as many as the slots allow, those of the least recently served webhooks first.</summary>
    internal async Task<IReadOnlyList<ClaimedDelivery>> TakeAsync(DeliverySlots slots, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var now = clock.GetUtcNow();
        List<DueWebhook> due = [.. await FindDueAsync(db, failing: false, slots, now, ct), .. await FindDueAsync(db, failing: true, slots, now, ct)];
        if (due.Count == 0)
            return [];
        var claimed = new List<ClaimedDelivery>();
        try
        {
            await db.InTransactionAsync(() => ClaimAsync(db, due, slots, claimed, ct), ct);
            return claimed;
        }
        catch
        {
            claimed.ForEach(slots.Release);
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
    internal async Task ReleaseAsync(ClaimedDelivery claimed)
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
        var free = slots.FreeFor(failing);
        if (free == 0)
            return [];
        var found = await db.Webhooks
            .Where(webhook => webhook.Status == WebhookStatus.Active && webhook.IsFailing == failing
                && db.WebhookDeliveries.Any(delivery => delivery.WebhookId == webhook.Id && delivery.DueAt <= now))
            .OrderBy(webhook => webhook.LastDeliveryAt != null).ThenBy(webhook => webhook.LastDeliveryAt).ThenBy(webhook => webhook.Id)
            .Select(webhook => new DueWebhook(webhook.Id, webhook.OrganizationId, webhook.IsFailing, webhook.LastSuccessAt != null)).Take(Candidates).ToListAsync(ct);
        found.RemoveAll(webhook => slots.FreeFor(webhook) == 0);
        return found;
    }

    private async Task<int> ClaimAsync(PlatformDbContext db, List<DueWebhook> due, DeliverySlots slots, List<ClaimedDelivery> claimed, CancellationToken ct)
    {
        var locked = (await db.TryLockWebhooksAsync([.. due.Select(webhook => webhook.Id)], ct)).ToHashSet();
        foreach (var webhook in due.Where(webhook => locked.Contains(webhook.Id)))
        {
            var taken = await ClaimAsync(db, webhook, slots, ct);
            slots.Take(taken);
            claimed.AddRange(taken);
        }

        return claimed.Count;
    }

    private async Task<List<ClaimedDelivery>> ClaimAsync(PlatformDbContext db, DueWebhook webhook, DeliverySlots slots, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var room = Math.Min(slots.FreeFor(webhook.IsFailing), slots.FreeFor(webhook));
        if (room == 0)
            return [];
        var running = await db.WebhookDeliveries.CountAsync(delivery => delivery.WebhookId == webhook.Id && delivery.Status == DeliveryStatus.Delivering && delivery.DueAt > now, ct);
        room = Math.Min(room, webhook.LimitOf(options.Value.MaxConcurrentPerWebhook) - running);
        if (room <= 0)
            return [];
        var ids = await db.WebhookDeliveries.Where(delivery => delivery.WebhookId == webhook.Id && delivery.DueAt <= now)
            .OrderBy(delivery => delivery.DueAt).ThenBy(delivery => delivery.Id).Take(room).Select(delivery => delivery.Id).ToListAsync(ct);
        var (claim, leaseEnd) = (Guid.CreateVersion7(now), now.AddSeconds(options.Value.LeaseSeconds));
        await db.WebhookDeliveries.Where(delivery => ids.Contains(delivery.Id)).ExecuteUpdateAsync(
            set => set.SetProperty(delivery => delivery.Status, DeliveryStatus.Delivering).SetProperty(delivery => delivery.ClaimId, (Guid?)claim)
                .SetProperty(delivery => delivery.DueAt, (DateTimeOffset?)leaseEnd),
            ct);
        return ids.ConvertAll(id => new ClaimedDelivery(id, webhook.Id, webhook.OrganizationId, webhook.IsFailing, claim, leaseEnd));
    }
}
