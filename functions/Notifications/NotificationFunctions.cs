using Microsoft.AspNetCore.Http;
using Platform.Notifications;

namespace Platform.Functions.Notifications;

[Api(Family.Executions)]
public sealed class NotificationFunctions(NotificationQueries notifications)
{
    /// <summary>List the caller's notifications, newest first.</summary>
    [Function("Notifications_List")]
    [Operation(Permissions.NotificationsRead, Rate.Api, Cache = "private, no-cache", Query = typeof(NotificationFilter))]
    public async Task<Result<NotificationList>> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/notifications")] HttpRequest http, CancellationToken ct)
    {
        var filter = http.ReadQuery<NotificationFilter>();
        return filter.IsOk ? await notifications.ListAsync(filter.Value, ct) : filter.Error;
    }
}
