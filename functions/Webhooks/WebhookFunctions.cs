using Microsoft.AspNetCore.Http;
using Platform.Functions.Http;
using Platform.Identity;
using Platform.RateLimits;
using Platform.Webhooks;

namespace Platform.Functions.Webhooks;

/// <summary>Receivers that are told of the organization's events. Where the path names one, it is looked for before permission and body are checked.</summary>
[Api(Family.Delivery)]
public sealed class WebhookFunctions(WebhookQueries queries, CreateWebhook create, ChangeWebhook change)
{
    private const string All = "api/dev/webhooks";
    private const string One = $"{All}/{{webhookId}}";

    /// <summary>Create a webhook of a project or of the organization; its signing secret is shown this once.</summary>
    [Function("Webhooks_Create")]
    [Operation(Permissions.WebhooksManage, Rate.Default, Success = 201, ObjectFirst = true, Idempotent = true, Audit = "webhook.create", Body = typeof(NewWebhook))]
    public async Task<Result<WebhookView>> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest http, CancellationToken ct) =>
        await create.CreateAsync(await http.ReadBodyAsync<NewWebhook>(ct), ct);

    /// <summary>List the webhooks of a project with those of the whole organization, or all, newest first.</summary>
    [Function("Webhooks_List")]
    [Operation(Permissions.WebhooksRead, Rate.Default, ObjectFirst = true, Query = typeof(WebhookFilter))]
    public Task<Result<Page<WebhookView>>> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest http, CancellationToken ct) =>
        queries.ListAsync(http.ReadQuery<WebhookFilter>(), ct);

    /// <summary>Change, enable or disable a webhook, or give it a new secret, which is shown this once; the former one signs too for an overlap.</summary>
    [Function("Webhooks_Update")]
    [Operation(Permissions.WebhooksManage, Rate.Default, ObjectFirst = true, Audit = "webhook.update", Body = typeof(WebhookChange))]
    public async Task<Result<WebhookView>> UpdateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = One)] HttpRequest http, string webhookId, CancellationToken ct)
    {
        var found = await queries.FindAsync(webhookId.ToId(), Permissions.WebhooksManage, ct);
        var body = found.IsOk ? await http.ReadBodyAsync<WebhookChange>(ct) : found.Error;
        return body.IsOk ? await change.UpdateAsync(found.Value.Id, body.Value, ct) : body.Error;
    }

    /// <summary>Delete a webhook. What waits for it is cancelled.</summary>
    [Function("Webhooks_Delete")]
    [Operation(Permissions.WebhooksManage, Rate.Default, ObjectFirst = true, Audit = "webhook.delete")]
    public async Task<Result<WebhookDeleted>> DeleteAsync([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest http, string webhookId, CancellationToken ct)
    {
        var found = await queries.FindAsync(webhookId.ToId(), Permissions.WebhooksManage, ct);
        return found.IsOk ? await change.DeleteAsync(found.Value.Id, ct) : found.Error;
    }

    /// <summary>Change how often and when deliveries are tried; holds from the next attempt on.</summary>
    [Function("Webhooks_SetRetryPolicy")]
    [Operation(Permissions.WebhooksManage, Rate.Default, ObjectFirst = true, Audit = "webhook.retry_policy_change", Body = typeof(RetryPolicyChange))]
    public async Task<Result<WebhookView>> SetRetryPolicyAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = $"{One}/retry-policy")] HttpRequest http, string webhookId, CancellationToken ct)
    {
        var found = await queries.FindAsync(webhookId.ToId(), Permissions.WebhooksManage, ct);
        var body = found.IsOk ? await http.ReadBodyAsync<RetryPolicyChange>(ct) : found.Error;
        return body.IsOk ? await change.SetRetryPolicyAsync(found.Value.Id, body.Value, ct) : body.Error;
    }
}
