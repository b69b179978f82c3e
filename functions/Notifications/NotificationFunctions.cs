using Microsoft.AspNetCore.Http;
using Platform.Notifications;

namespace Platform.Functions.Notifications;

[Api(Family.Executions)]
public sealed class NotificationFunctions(NotificationQueries notifications)
{
    /// <summary>List the caller's notifications, newest first.</summary>
    [Function("Notifications_List")]
    [Operation(Permissions.NotificationsRead, Rate.Api, Cache = "private, no-cache")]
    public async Task<Result<NotificationList>> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/notifications")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery();
        var filter = new NotificationFilter(
            query.Choice<NotificationStatus>("status"), query.Choice<NotificationChannel>("channel") ?? NotificationChannel.InApp,
            query.List("include_tags"), query.List("exclude_tags"), query.Text("tag_prefix", 128), query.Int("limit", 50, 1, 100), query.Int("offset", 0, 0, int.MaxValue));
        return query.Refusal is { } refusal ? refusal : await notifications.ListAsync(filter, ct);
    }
}
