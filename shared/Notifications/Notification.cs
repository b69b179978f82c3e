using Platform.Data;

namespace Platform.Notifications;

public enum NotificationType
{
    ExecutionCompleted,
    ExecutionFailed,
    ExecutionTimeout,
    SystemUpdate,
    SystemAlert,
    SecurityAlert,
    ResourceLimit,
    QuotaWarning,
    AccountUpdate,
    SettingsChanged,
    Maintenance,
    Custom,
}

public enum NotificationChannel
{
    InApp,
    Webhook,
    Slack,
}

public enum NotificationSeverity
{
    Low,
    Medium,
    High,
    Urgent,
}

public enum NotificationStatus
{
    Pending,
    Queued,
    Sending,
    Sent,
    Delivered,
    Failed,
    Skipped,
    Read,
    Clicked,
}

/// <summary>One message to one user over one channel (executions.md §2.12). In-app ones are unread while <c>sent</c> or <c>delivered</c>.</summary>
public sealed class Notification : IUserOwned
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required Guid OrganizationId { get; init; }

    public required NotificationType Type { get; init; }

    public required NotificationChannel Channel { get; init; }

    public required NotificationSeverity Severity { get; init; }

    public NotificationStatus Status { get; private set; }

    public required string Subject { get; init; }

    public required string Body { get; init; }

    public string? ActionUrl { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    public string? CorrelationId { get; init; }

    public string? RelatedEntityId { get; init; }

    public string? RelatedEntityType { get; init; }

    /// <summary>The event that it tells of; with user and channel it is unique, so that an event is told once.</summary>
    public Guid? SourceEventId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? DeliveredAt { get; private set; }

    public DateTimeOffset? ReadAt { get; private set; }

    /// <summary>In-app: delivered as soon as it is stored and pushed to open streams.</summary>
    public void Deliver(DateTimeOffset now)
    {
        Status = NotificationStatus.Delivered;
        DeliveredAt = now;
    }
}
