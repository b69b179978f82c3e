using Platform.Events;

namespace Platform.Notifications;

public sealed record NotificationCreated(
    Guid NotificationId, Guid UserId, string Subject, string Body, NotificationSeverity Severity, IReadOnlyList<string> Tags, IReadOnlyList<NotificationChannel> Channels) : DomainEvent
{
    /// <summary>Announces a notification that <paramref name="cause"/> brought about.</summary>
    public static NotificationCreated Of(Notification notification, PlatformEvent cause) =>
        new(notification.Id, notification.UserId, notification.Subject, notification.Body, notification.Severity, notification.Tags, [notification.Channel])
        {
            OwnerId = notification.UserId,
            OrganizationId = notification.OrganizationId,
            CausationId = cause.EventId,
        };

    public override string EventType => "notification_created";

    public override string Topic => "notification_events";

    public override string? AggregateId => NotificationId.ToString();

    public override string Service => "notification-service";
}
