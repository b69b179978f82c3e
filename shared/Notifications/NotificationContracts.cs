using System.ComponentModel.DataAnnotations;

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

/// <summary>Filter of <c>GET /notifications</c>.</summary>
public sealed record NotificationFilter
{
    /// <summary>Notifications in this state only.</summary>
    public NotificationStatus? Status { get; init; }

    /// <summary>Notifications of this channel.</summary>
    public NotificationChannel Channel { get; init; } = NotificationChannel.InApp;

    /// <summary>With any of these tags.</summary>
    [MaxLength(100)]
    public IReadOnlyList<string> IncludeTags { get; init; } = [];

    /// <summary>With none of these tags.</summary>
    [MaxLength(100)]
    public IReadOnlyList<string> ExcludeTags { get; init; } = [];

    /// <summary>With a tag that begins so.</summary>
    [StringLength(128)]
    public string? TagPrefix { get; init; }

    /// <summary>Size of the page.</summary>
    [Range(1, 100)]
    public int Limit { get; init; } = 50;

    /// <summary>Matches before the page.</summary>
    [Range(0, int.MaxValue)]
    public int Offset { get; init; }
}

/// <summary>How many notifications in the app are unread.</summary>
public sealed record UnreadNotifications(long UnreadCount);

/// <summary>The notification is gone.</summary>
public sealed record NotificationDeleted(string Message);

/// <summary>Body of <c>PUT /notifications/{notificationId}/clicked</c>; may be absent.</summary>
public sealed record NotificationClick
{
    /// <summary>What was chosen, in the client's words, e.g. <c>view_details</c>.</summary>
    [StringLength(100), RegularExpression("^[A-Za-z0-9_.:-]+$")]
    public string? Action { get; init; }
}
