using System.Text.Json;

namespace Platform.Notifications;

/// <summary>What a user is to be told.</summary>
public sealed record Notice(Guid UserId, Guid OrganizationId, NotificationType Type, NotificationSeverity Severity, string Subject, string Body)
{
    private static readonly IReadOnlyList<NotificationChannel> InAppOnly = [NotificationChannel.InApp];

    public string? ActionUrl { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyDictionary<string, JsonElement>? Metadata { get; init; }

    public string? RelatedEntityId { get; init; }

    public string? RelatedEntityType { get; init; }

    /// <summary>Not before; null for at once.</summary>
    public DateTimeOffset? ScheduledFor { get; init; }

    /// <summary>Comes from an alert: goes to every channel that the user has subscribed, and is throttled only when it is not grave.</summary>
    public bool IsAlert { get; init; }

    /// <summary>Custom notifications of different events do not crowd each other out.</summary>
    public string? ThrottleTag => Type == NotificationType.Custom ? Tags.FirstOrDefault(tag => tag.StartsWith("event:", StringComparison.Ordinal)) : null;

    /// <summary>The channels of the type's template.</summary>
    public IReadOnlyList<NotificationChannel> Channels => (IsAlert, Type) switch
    {
        (true, _) or (_, NotificationType.ExecutionFailed) => [NotificationChannel.InApp, NotificationChannel.Webhook, NotificationChannel.Slack],
        (_, NotificationType.ExecutionCompleted or NotificationType.ExecutionTimeout) => [NotificationChannel.InApp, NotificationChannel.Webhook],
        (_, NotificationType.SecurityAlert) => [NotificationChannel.InApp, NotificationChannel.Slack],
        _ => InAppOnly,
    };
}

/// <summary>What a notice tells of. <paramref name="Id"/> is told once to each user and channel.</summary>
/// <param name="EventId">The stored event that it is, if it is one.</param>
public sealed record NoticeCause(Guid Id, string? CorrelationId, Guid? EventId = null)
{
    public static NoticeCause Of(Events.PlatformEvent stored) => new(stored.EventId, stored.CorrelationId, stored.EventId);
}
