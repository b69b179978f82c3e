using Microsoft.AspNetCore.Http;
using Platform.Functions.Http;
using Platform.Identity;
using Platform.RateLimits;
using Platform.Webhooks;

namespace Platform.Functions.Webhooks;

/// <summary>What was sent to a webhook, and sending it by hand.</summary>
[Api(Family.Delivery)]
public sealed class WebhookDeliveryFunctions(WebhookQueries queries, TestWebhook test, DeliveryQueries deliveries, RetryDelivery retry)
{
    private const string One = "api/dev/webhooks/{webhookId}";

    /// <summary>Send a made-up event at once and answer how the receiver took it.</summary>
    [Function("Webhooks_Test")]
    [Operation(Permissions.WebhooksManage, Rate.Default, ObjectFirst = true, Audit = "webhook.test", Body = typeof(WebhookTest))]
    public async Task<Result<WebhookTestAnswer>> TestAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = $"{One}/test")] HttpRequest http, string webhookId, CancellationToken ct)
    {
        var found = await queries.FindAsync(webhookId.ToId(), Permissions.WebhooksManage, ct);
        var body = found.IsOk ? await http.ReadBodyAsync<WebhookTest>(ct) : found.Error;
        return body.IsOk ? await test.SendAsync(found.Value, body.Value, ct) : body.Error;
    }

    /// <summary>List the deliveries of a webhook with their attempts, newest first.</summary>
    [Function("Webhooks_ListDeliveries")]
    [Operation(Permissions.WebhooksRead, Rate.Default, ObjectFirst = true, Query = typeof(DeliveryFilter))]
    public async Task<Result<Page<DeliveryView>>> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{One}/deliveries")] HttpRequest http, string webhookId, CancellationToken ct)
    {
        var found = await queries.FindAsync(webhookId.ToId(), Permissions.WebhooksRead, ct);
        var filter = found.IsOk ? http.ReadQuery<DeliveryFilter>() : found.Error;
        return filter.IsOk ? await deliveries.ListAsync(found.Value, filter.Value, ct) : filter.Error;
    }

    /// <summary>Send a delivery that has ended once more, under the same id.</summary>
    [Function("Webhooks_RetryDelivery")]
    [Operation(Permissions.WebhooksManage, Rate.Default, Success = 202, ObjectFirst = true, Idempotent = true, Audit = "webhook.delivery_retry")]
    public async Task<Result<DeliveryView>> RetryAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = $"{One}/deliveries/{{deliveryId}}/retry")] HttpRequest http, string webhookId, string deliveryId, CancellationToken ct)
    {
        var found = await queries.FindAsync(webhookId.ToId(), Permissions.WebhooksManage, ct);
        return found.IsOk ? await retry.RetryAsync(found.Value, deliveryId.ToId(), ct) : found.Error;
    }
}
