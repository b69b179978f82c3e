using Platform.Data;

namespace Platform.Notifications;

/// <summary>How a user wants to be told over one channel. Its URLs and the signing secret are sealed with the data key of his personal organization, to which the row belongs.</summary>
public sealed class NotificationSubscription : IUserOwned
{
    public const int DefaultBatchMinutes = 60;
    public const int MaxBatchMinutes = 1440;

    public required Guid UserId { get; init; }

    public required NotificationChannel Channel { get; init; }

    /// <summary>The user's personal organization.</summary>
    public required Guid OrganizationId { get; init; }

    public bool Enabled { get; set; }

    /// <summary>Empty for all.</summary>
    public IReadOnlyList<NotificationType> NotificationTypes { get; set; } = [];

    /// <summary>Empty for all.</summary>
    public IReadOnlyList<NotificationSeverity> Severities { get; set; } = [];

    /// <summary>One of them is needed; empty for any.</summary>
    public IReadOnlyList<string> IncludeTags { get; set; } = [];

    public IReadOnlyList<string> ExcludeTags { get; set; } = [];

    /// <summary>Sealed.</summary>
    public string? WebhookUrl { get; set; }

    /// <summary>Sealed; signs what is sent to the webhook.</summary>
    public string? WebhookSecret { get; set; }

    /// <summary>Sealed.</summary>
    public string? SlackWebhook { get; set; }

    public bool QuietHoursEnabled { get; set; }

    /// <summary><c>HH:MM</c> in the user's zone, as the end.</summary>
    public string? QuietHoursStart { get; set; }

    public string? QuietHoursEnd { get; set; }

    /// <summary>IANA name.</summary>
    public string Timezone { get; set; } = "UTC";

    /// <summary>How long notifications of low severity are collected; 0 sends each at once.</summary>
    public int BatchIntervalMinutes { get; set; } = DefaultBatchMinutes;

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public long Version { get; private set; }

    /// <summary>Why a notification is not for this channel, in the order of the contract; null when it is.</summary>
    public string? ReasonToSkip(Notification notification)
    {
        if (!Enabled)
            return "The channel is not enabled";
        if (NotificationTypes.Count > 0 && !NotificationTypes.Contains(notification.Type))
            return "The type is not subscribed";
        if (Severities.Count > 0 && !Severities.Contains(notification.Severity))
            return "The severity is not subscribed";
        if (IncludeTags.Count > 0 && !IncludeTags.Intersect(notification.Tags).Any())
            return "It has none of the included tags";
        return ExcludeTags.Intersect(notification.Tags).Any() ? "It has an excluded tag" : null;
    }

    internal static string AssociatedData(Guid userId, NotificationChannel channel, string field) =>
        $"notification_subscriptions/{userId:D}/{EnumWords<NotificationChannel>.ToWord(channel)}/{field}";
}
