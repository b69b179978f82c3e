using System.Text.Json;
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
    public const int MaxTries = 3;

    public static readonly TimeSpan PauseBetweenTries = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan SendingLease = TimeSpan.FromMinutes(2);

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

    public IReadOnlyDictionary<string, JsonElement>? Metadata { get; set; }

    public string? CorrelationId { get; init; }

    public string? RelatedEntityId { get; init; }

    public string? RelatedEntityType { get; init; }

    /// <summary>What it tells of: an event, or the firing or the end of an alert. With user and channel it is unique, so that a thing is told once.</summary>
    public Guid? SourceEventId { get; init; }

    /// <summary>Those with the same type and tag count together against the limit per hour.</summary>
    public string? ThrottleTag { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Not to be delivered before: asked for, put off by quiet hours, or the next try.</summary>
    public DateTimeOffset? ScheduledFor { get; set; }

    /// <summary>The notification with whose delivery this one is sent; its own id when it leads the digest.</summary>
    public Guid? DigestId { get; private set; }

    public DateTimeOffset? SentAt { get; private set; }

    public DateTimeOffset? DeliveredAt { get; private set; }

    public DateTimeOffset? ReadAt { get; private set; }

    public DateTimeOffset? ClickedAt { get; private set; }

    public DateTimeOffset? FailedAt { get; private set; }

    /// <summary>Tries that have failed; null before the first.</summary>
    public int? RetryCount { get; private set; }

    public string? ErrorMessage { get; private set; }

    /// <summary>In-app: delivered as soon as it is stored and pushed to open streams.</summary>
    public void Deliver(DateTimeOffset now)
    {
        Status = NotificationStatus.Delivered;
        DeliveredAt = now;
    }

    /// <summary>The owner does not want it on this channel.</summary>
    public void Skip(string reason)
    {
        Status = NotificationStatus.Skipped;
        ErrorMessage = reason;
    }

    public void Postpone(DateTimeOffset until) => ScheduledFor = until;

    /// <summary>Waits to be sent with others, by the delivery of <paramref name="leader"/>.</summary>
    public void Collect(Guid leader, DateTimeOffset until)
    {
        Status = NotificationStatus.Queued;
        DigestId = leader;
        ScheduledFor = until;
    }

    /// <summary>Nobody else sends it for a while; when that is over, whoever began has died.</summary>
    public void BeginSending(DateTimeOffset now)
    {
        Status = NotificationStatus.Sending;
        ScheduledFor = now + SendingLease;
    }

    /// <summary>The receiver has taken it.</summary>
    public void Accept(DateTimeOffset now)
    {
        SentAt = now;
        ErrorMessage = null;
        Deliver(now);
    }

    /// <summary>A try has failed; the last one is the end.</summary>
    public void FailTry(string error, DateTimeOffset now)
    {
        RetryCount = (RetryCount ?? 0) + 1;
        ErrorMessage = error;
        if (RetryCount < MaxTries)
        {
            Status = NotificationStatus.Pending;
            ScheduledFor = now + PauseBetweenTries;
            return;
        }

        Status = NotificationStatus.Failed;
        FailedAt = now;
    }
}
