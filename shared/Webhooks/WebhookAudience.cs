using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Events;
using Platform.Identity;

namespace Platform.Webhooks;

/// <summary>Most organizations have no webhook; their events need not go to the topic for the sake of <see cref="WebhookConsumer"/>.</summary>
internal sealed class WebhookAudience(IServiceScopeFactory scopes) : IEventAudience
{
    public string Subscription => WebhookConsumer.Subscription;

    public async Task<IReadOnlySet<Guid>> AmongAsync(IReadOnlyCollection<Guid> organizations, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        return await db.Webhooks.Where(webhook => organizations.Contains(webhook.OrganizationId) && webhook.Status == WebhookStatus.Active)
            .Select(webhook => webhook.OrganizationId).Distinct().ToHashSetAsync(ct);
    }

    public async Task<bool> WaitsAsync(Guid organizationId, string eventType, CancellationToken ct)
    {
        if (PublicEvents.OfStored(eventType) is not { } entry)
            return false;
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var subscribed = await db.Webhooks.Where(webhook => webhook.OrganizationId == organizationId && webhook.Status == WebhookStatus.Active)
            .Select(webhook => webhook.Events).ToListAsync(ct);
        return subscribed.Exists(patterns => PublicEvents.Matches(patterns, entry.Type));
    }
}
