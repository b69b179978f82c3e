using Microsoft.AspNetCore.Http;
using Platform.Data;
using Platform.Notifications;

namespace Platform.Functions.Notifications;

/// <summary>How a user is told over each channel.</summary>
[Api(Family.Executions)]
public sealed class SubscriptionFunctions(SubscriptionQueries subscriptions, ReplaceSubscription replace)
{
    /// <summary>List all channels, with defaults where the caller has set nothing. URLs are shown in part.</summary>
    [Function("Subscriptions_List")]
    [Operation(Permissions.NotificationsRead, Rate.Api, Cache = "private, no-cache")]
    public Task<Result<SubscriptionList>> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/notifications/subscriptions")] HttpRequest http, CancellationToken ct) =>
        subscriptions.ListAsync(ct);

    /// <summary>Replace what the caller wants of a channel. Enabling the webhook channel makes a signing secret, which is shown in this answer only.</summary>
    [Function("Subscriptions_Replace")]
    [Operation(Permissions.NotificationsWrite, Rate.Api, Audit = "notification.subscribe", Impersonating = Impersonating.Refused, Body = typeof(SubscriptionRequest))]
    public async Task<Result<SubscriptionView>> ReplaceAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/v1/notifications/subscriptions/{channel}")] HttpRequest http, string channel, CancellationToken ct)
    {
        if (!EnumWords<NotificationChannel>.TryParse(channel, out var known))
            return NotificationErrors.UnknownChannel;
        var body = await http.ReadBodyAsync<SubscriptionRequest>(ct);
        return body.IsOk ? await replace.ReplaceAsync(known, body.Value.ToWish(), ct) : body.Error;
    }
}
