using Microsoft.AspNetCore.Http;
using Platform.Notifications;

namespace Platform.Functions.Notifications;

[Api(Family.Executions)]
public sealed class NotificationFunctions(NotificationQueries notifications, MarkNotifications marks)
{
    private const string Private = "private, no-cache";

    /// <summary>List the caller's notifications, newest first.</summary>
    [Function("Notifications_List")]
    [Operation(Permissions.NotificationsRead, Rate.Api, Cache = Private, Query = typeof(NotificationFilter))]
    public async Task<Result<NotificationList>> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/notifications")] HttpRequest http, CancellationToken ct)
    {
        var filter = http.ReadQuery<NotificationFilter>();
        return filter.IsOk ? await notifications.ListAsync(filter.Value, ct) : filter.Error;
    }

    /// <summary>Count the caller's unread notifications.</summary>
    [Function("Notifications_CountUnread")]
    [Operation(Permissions.NotificationsRead, Rate.Api, Cache = Private)]
    public async Task<Result<UnreadNotifications>> CountUnreadAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/notifications/unread-count")] HttpRequest http, CancellationToken ct) =>
        new UnreadNotifications(await notifications.CountUnreadAsync(ct));

    /// <summary>Mark a notification as read; one that is read already stays as it is.</summary>
    [Function("Notifications_Read")]
    [Operation(Permissions.NotificationsWrite, Rate.Api, Success = 204, Audit = "notification.read")]
    public Task<Result<Nothing>> ReadAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/v1/notifications/{notificationId}/read")] HttpRequest http, string notificationId, CancellationToken ct) =>
        marks.ReadAsync(notificationId.ToId(), ct);

    /// <summary>Tell that the caller followed a notification, e.g. its <c>action_url</c>; marks it as read too.</summary>
    [Function("Notifications_Click")]
    [Operation(Permissions.NotificationsWrite, Rate.Api, Success = 204, Audit = "notification.click", Body = typeof(NotificationClick))]
    public async Task<Result<Nothing>> ClickAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/v1/notifications/{notificationId}/clicked")] HttpRequest http, string notificationId, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<NotificationClick>(ct);
        return body.IsOk ? await marks.ClickAsync(notificationId.ToId(), body.Value.Action, ct) : body.Error;
    }

    /// <summary>Mark all unread notifications as read.</summary>
    [Function("Notifications_ReadAll")]
    [Operation(Permissions.NotificationsWrite, Rate.Api, Success = 204, Audit = "notification.read_all")]
    public Task<Result<Nothing>> ReadAllAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/notifications/mark-all-read")] HttpRequest http, CancellationToken ct) =>
        marks.ReadAllAsync(ct);

    /// <summary>Delete a notification; one that waits to be sent will not be.</summary>
    [Function("Notifications_Delete")]
    [Operation(Permissions.NotificationsWrite, Rate.Api, Audit = "notification.delete")]
    public Task<Result<NotificationDeleted>> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/v1/notifications/{notificationId}")] HttpRequest http, string notificationId, CancellationToken ct) =>
        marks.DeleteAsync(notificationId.ToId(), ct);
}
