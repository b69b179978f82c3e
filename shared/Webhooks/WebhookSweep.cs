using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Identity;

namespace Platform.Webhooks;

/// <summary>Keeps the log to its retention, and lets nothing wait for a webhook that is not there.</summary>
public sealed class WebhookSweep(ExpiredRows expired, IServiceScopeFactory scopes, DatabaseReady ready, IOptions<WebhookOptions> options, TimeProvider clock)
{
    public Task<int> DeleteOldAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow().AddDays(-options.Value.RetentionDays);
        return expired.DeleteAsync(db => db.WebhookDeliveries.Where(row => row.CreatedAt <= before && row.DueAt == null).OrderBy(row => row.CreatedAt), ct);
    }

    /// <summary>Cancels what is due for webhooks that were disabled or deleted: made while that happened, or left by a node that died.</summary>
    public async Task<int> CancelStrayAsync(CancellationToken ct)
    {
        if (!ready.IsReady)
            return 0;
        var now = clock.GetUtcNow();
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var stray = db.WebhookDeliveries.Where(row => row.DueAt <= now && !db.Webhooks.Any(webhook => webhook.Id == row.WebhookId && webhook.Status == WebhookStatus.Active));
        if (!await stray.AnyAsync(ct))
            return 0;
        return await db.InTransactionAsync(
            () => stray.ExecuteUpdateAsync(
                set => set.SetProperty(row => row.Status, DeliveryStatus.Cancelled).SetProperty(row => row.DueAt, (DateTimeOffset?)null).SetProperty(row => row.ClaimId, (Guid?)null), ct),
            ct);
    }
}
