using Platform.Events;

namespace Platform.Notifications;

public sealed record NotificationCreated(
    Guid NotificationId, Guid UserId, string Subject, string Body, NotificationSeverity Severity, IReadOnlyList<string> Tags, IReadOnlyList<NotificationChannel> Channels) : DomainEvent
{
    public override string EventType => "notification_created";

    public override string Topic => "notification_events";

    public override string? AggregateId => NotificationId.ToString();

    public override string Service => "notification-service";
}
