using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Data;

namespace Platform.Webhooks;

/// <summary>Sends a made-up event at once, whatever the webhook's state. Counts for nothing but the log.</summary>
public sealed class TestWebhook(PlatformDbContext db, DeliverySender sender, TimeProvider clock)
{
    public async Task<Result<WebhookTestAnswer>> SendAsync(Webhook webhook, WebhookTest test, CancellationToken ct)
    {
        var entry = PublicEvents.Find(test.EventType);
        if (entry is null && test.EventType != PublicEvents.Test)
            return WebhookErrors.UnknownEvent;
        var now = UtcMillisecondsConverter.Truncate(clock.GetUtcNow());
        var data = test.Data.ValueKind == JsonValueKind.Object ? JsonNode.Parse(test.Data.GetRawText())!.AsObject() : PublicData.Sample(entry);
        var message = WebhookMessage.Of(Guid.CreateVersion7(now), test.EventType, now, webhook.OrganizationId, webhook.ProjectId, data, isTest: true);
        var delivery = WebhookDelivery.Of(webhook, message.EventId, test.EventType, message.Body, now, isTest: true);

        var result = await sender.SendAsync(webhook, delivery, ct);
        db.Add(delivery.Record(result));
        if (result.Error is null)
            delivery.Deliver(clock.GetUtcNow());
        else
            delivery.Fail();
        db.Add(delivery);
        await db.SaveChangesAsync(ct);
        return new WebhookTestAnswer(delivery.Id, result.Error is null, result.StatusCode, result.DurationMs, result.Error, result.ResponseBody);
    }
}
