using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Events;
using Platform.Identity;

namespace Platform.Webhooks;

/// <summary>
/// Takes the notices of the subscription <c>webhooks</c>. Most organizations have no webhook: for them one read is all that an event costs. Deliveries are unique by event
/// and webhook and their order is not promised, so an event leaves no marks of its own. A dead letter that is put back means another attempt for each delivery of its
/// event that failed.
/// </summary>
public sealed class WebhookConsumer(IServiceScopeFactory scopes, EventConsumer consumer, EventDelivery delivery, DatabaseReady ready, DeliverySignal signal)
{
    public const string Subscription = "webhooks";

    public async Task HandleAsync(EventNotice notice, CancellationToken ct)
    {
        if (PublicEvents.OfStored(notice.EventType) is null || (notice.RedeliverTo is { } target && target != Subscription))
            return;
        await ready.WaitAsync(ct);
        if (notice.RedeliverTo is not null && await RetryFailedAsync(notice.EventId, ct))
            return;
        if (await consumer.FindAsync(Subscription, notice, ct) is { OrganizationId: { } organization } stored)
            await delivery.DeliverAsync(Subscription, stored, () => FanOutAsync(stored, organization, ct), ct);
    }

    private async Task FanOutAsync(PlatformEvent stored, Guid organization, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(organization), stored.CorrelationId);
        var services = scope.ServiceProvider;
        await services.GetRequiredService<WebhookFanOut>().HandleAsync(stored, ct);
        if (await services.GetRequiredService<PlatformDbContext>().SaveChangesAsync(ct) > 0)
            signal.Work.Set();
    }

    private async Task<bool> RetryFailedAsync(Guid eventId, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        return await scope.ServiceProvider.GetRequiredService<RetryDelivery>().RetryFailedAsync(eventId, ct);
    }
}
