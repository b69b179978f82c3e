namespace Platform.Notifications;

/// <summary>A notification as its owner sees it; <c>priority</c> repeats the severity for older clients.</summary>
public sealed record NotificationView(
    Guid NotificationId,
    NotificationType NotificationType,
    NotificationChannel Channel,
    NotificationStatus Status,
    string Subject,
    string Body,
    string? ActionUrl,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ReadAt,
    NotificationSeverity Severity,
    NotificationSeverity Priority,
    IReadOnlyList<string> Tags)
{
    public static NotificationView From(Notification n) => new(
        n.Id, n.Type, n.Channel, n.Status, n.Subject, n.Body, n.ActionUrl, n.CreatedAt, n.ReadAt, n.Severity, n.Severity, n.Tags);
}

/// <summary>A page of notifications, newest first; <paramref name="UnreadCount"/> ignores the filters.</summary>
public sealed record NotificationList(IReadOnlyList<NotificationView> Notifications, long Total, long UnreadCount);

/// <summary>Filter of the list: notifications with any of <paramref name="IncludeTags"/>, none of <paramref name="ExcludeTags"/> and a tag that begins with <paramref name="TagPrefix"/>.</summary>
public sealed record NotificationFilter(
    NotificationStatus? Status, NotificationChannel Channel, IReadOnlyList<string> IncludeTags, IReadOnlyList<string> ExcludeTags, string? TagPrefix, int Limit, int Offset);
