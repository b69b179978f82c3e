using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Events;
using Platform.Identity;

namespace Platform.Webhooks;

/// <summary>
/// Takes the notices of the subscription <c>webhooks</c>. Most organizations have no webhook: for them one read is all that an event costs. A dead letter that is put
/// back means another attempt for each delivery of its event that failed.
/// </summary>
public sealed class WebhookConsumer(IServiceScopeFactory scopes, EventConsumer consumer, RecentEvents recent, DatabaseReady ready, DeliverySignal signal)
{
    public const string Subscription = "webhooks";

    public async Task HandleAsync(EventNotice notice, CancellationToken ct)
    {
        if (!PublicEvents.IsStored(notice.EventType) || (notice.RedeliverTo is { } target && target != Subscription))
            return;
        await ready.WaitAsync(ct);
        if (!(notice.RedeliverTo is null ? await ConcernsAnyAsync(notice, ct) : !await RetryFailedAsync(notice.EventId, ct)))
            return;
        await consumer.HandleAsync(Subscription, notice, ct);
        signal.Work.Set();
    }

    private async Task<bool> ConcernsAnyAsync(EventNotice notice, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        if (recent.Find(notice.EventId) is { } known)
        {
            return known.OrganizationId is { } organization
                && await db.Webhooks.AnyAsync(webhook => webhook.OrganizationId == organization && webhook.Status == WebhookStatus.Active, ct);
        }

        return await db.Events.AnyAsync(
            stored => stored.EventId == notice.EventId
                && db.Webhooks.Any(webhook => webhook.OrganizationId == stored.OrganizationId && webhook.Status == WebhookStatus.Active),
            ct);
    }

    private async Task<bool> RetryFailedAsync(Guid eventId, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        return await scope.ServiceProvider.GetRequiredService<RetryDelivery>().RetryFailedAsync(eventId, ct);
    }
}
