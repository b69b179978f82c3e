using System.Text.Json;
using Platform.Events;

namespace Platform.Notifications;

/// <summary>Something happened to a user's notifications.</summary>
public abstract record NotificationEvent : DomainEvent
{
    public const string TopicName = "notification_events";

    public override string Topic => TopicName;

    public override string Service => "notification-service";
}

public sealed record NotificationCreated(
    Guid NotificationId, Guid UserId, string Subject, string Body, NotificationSeverity Severity, IReadOnlyList<string> Tags, IReadOnlyList<NotificationChannel> Channels)
    : NotificationEvent
{
    /// <summary>Announces a notification.</summary>
    public static NotificationCreated Of(Notification notification, Guid? cause) =>
        new(notification.Id, notification.UserId, notification.Subject, notification.Body, notification.Severity, notification.Tags, [notification.Channel])
        {
            OwnerId = notification.UserId,
            OrganizationId = notification.OrganizationId,
            CausationId = cause,
        };

    public override string EventType => "notification_created";

    public override string? AggregateId => NotificationId.ToString();
}

public sealed record NotificationSent(Guid NotificationId, Guid UserId, NotificationChannel Channel, DateTimeOffset SentAt) : NotificationEvent
{
    public static NotificationSent Of(Notification notification, DateTimeOffset now) =>
        new(notification.Id, notification.UserId, notification.Channel, now) { OwnerId = notification.UserId, OrganizationId = notification.OrganizationId };

    public override string EventType => "notification_sent";

    public override string? AggregateId => NotificationId.ToString();
}

public sealed record NotificationDelivered(Guid NotificationId, Guid UserId, NotificationChannel Channel, DateTimeOffset DeliveredAt) : NotificationEvent
{
    public const string TypeName = "notification_delivered";

    public static NotificationDelivered Of(Notification notification, DateTimeOffset now) =>
        new(notification.Id, notification.UserId, notification.Channel, now) { OwnerId = notification.UserId, OrganizationId = notification.OrganizationId };

    public override string EventType => TypeName;

    public override string? AggregateId => NotificationId.ToString();

    /// <summary>Whether the stored event tells of a notification in the app.</summary>
    public static bool IsInApp(PlatformEvent stored) =>
        stored.EventType == TypeName && stored.ReadPayload<JsonElement>().GetProperty("channel").GetString() == "in_app";
}

/// <summary>Every try to send it has failed.</summary>
public sealed record NotificationFailed(Guid NotificationId, Guid UserId, NotificationChannel Channel, string Error, int RetryCount) : NotificationEvent
{
    public static NotificationFailed Of(Notification notification) =>
        new(notification.Id, notification.UserId, notification.Channel, notification.ErrorMessage!, notification.RetryCount ?? 0)
        {
            OwnerId = notification.UserId,
            OrganizationId = notification.OrganizationId,
        };

    public override string EventType => "notification_failed";

    public override string? AggregateId => NotificationId.ToString();
}

public sealed record NotificationRead(Guid NotificationId, Guid UserId, NotificationChannel Channel, DateTimeOffset ReadAt) : NotificationEvent
{
    public const string TypeName = "notification_read";

    public override string EventType => TypeName;

    public override string? AggregateId => NotificationId.ToString();
}

/// <summary>The owner followed it. <paramref name="Action"/> is what he chose, in his client's words.</summary>
public sealed record NotificationClicked(Guid NotificationId, Guid UserId, NotificationChannel Channel, DateTimeOffset ClickedAt, string? Action = null) : NotificationEvent
{
    public override string EventType => "notification_clicked";

    public override string? AggregateId => NotificationId.ToString();
}

public sealed record NotificationAllRead(Guid UserId, int Count, DateTimeOffset ReadAt) : NotificationEvent
{
    public const string TypeName = "notification_all_read";

    public override string EventType => TypeName;

    public override string? AggregateId => $"notifications_{UserId}";
}

public sealed record NotificationPreferencesUpdated(Guid UserId, IReadOnlyList<string> ChangedFields) : NotificationEvent
{
    public override string EventType => "notification_preferences_updated";

    public override string? AggregateId => $"notifications_{UserId}";
}
