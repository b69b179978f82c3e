using System.Text.Json.Serialization;

namespace Platform.Notifications;

/// <summary>All channels of a user; those that he has not set have their defaults.</summary>
public sealed record SubscriptionList(IReadOnlyList<SubscriptionView> Subscriptions);

/// <summary>How a user is told over one channel. URLs are shown in part to all but the request that set them.</summary>
public sealed record SubscriptionView(
    Guid UserId,
    NotificationChannel Channel,
    bool Enabled,
    IReadOnlyList<NotificationType> NotificationTypes,
    IReadOnlyList<NotificationSeverity> Severities,
    IReadOnlyList<string> IncludeTags,
    IReadOnlyList<string> ExcludeTags,
    string? WebhookUrl,
    string? SlackWebhook,
    bool QuietHoursEnabled,
    string? QuietHoursStart,
    string? QuietHoursEnd,
    string Timezone,
    int BatchIntervalMinutes,
    DateTimeOffset? CreatedAt,
    DateTimeOffset? UpdatedAt)
{
    /// <summary>
    /// Signs what is sent to the webhook: the header <c>X-Signature</c> is <c>t={unix},v1={hex}</c>, the HMAC-SHA256 of <c>{t}.{body}</c> with this text as the key.
    /// Shown once, when it is made; it stays while the URL's host stays.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? WebhookSecret { get; init; }

    internal static SubscriptionView Of(NotificationSubscription s, string? webhookUrl, string? slackWebhook) => new(
        s.UserId, s.Channel, s.Enabled, s.NotificationTypes, s.Severities, s.IncludeTags, s.ExcludeTags, webhookUrl, slackWebhook,
        s.QuietHoursEnabled, s.QuietHoursStart, s.QuietHoursEnd, s.Timezone, s.BatchIntervalMinutes, s.CreatedAt, s.UpdatedAt);

    internal static SubscriptionView Default(Guid userId, NotificationChannel channel) => new(
        userId, channel, channel == NotificationChannel.InApp, [], [], [], [], null, null, false, null, null, "UTC", NotificationSubscription.DefaultBatchMinutes, null, null);
}

/// <summary>What a user wants of one channel; it replaces what he wanted before.</summary>
public sealed record SubscriptionWish(bool Enabled)
{
    public IReadOnlyList<NotificationType> NotificationTypes { get; init; } = [];

    public IReadOnlyList<NotificationSeverity> Severities { get; init; } = [];

    public IReadOnlyList<string> IncludeTags { get; init; } = [];

    public IReadOnlyList<string> ExcludeTags { get; init; } = [];

    public string? WebhookUrl { get; init; }

    public string? SlackWebhook { get; init; }

    public bool QuietHoursEnabled { get; init; }

    public string? QuietHoursStart { get; init; }

    public string? QuietHoursEnd { get; init; }

    public string Timezone { get; init; } = "UTC";

    public int BatchIntervalMinutes { get; init; } = NotificationSubscription.DefaultBatchMinutes;
}
