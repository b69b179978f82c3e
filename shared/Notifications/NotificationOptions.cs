using System.ComponentModel.DataAnnotations;

namespace Platform.Notifications;

/// <summary>Section <c>Notifications</c>.</summary>
public sealed class NotificationOptions
{
    public const string Section = "Notifications";

    /// <summary>Notifications of one type that a user gets within an hour; the rest is not stored.</summary>
    [Range(1, 10_000)]
    public int ThrottlePerHour { get; init; } = 5;

    /// <summary>How far ahead a delivery may be scheduled.</summary>
    [Range(1, 365)]
    public int MaxScheduleDays { get; init; } = 25;

    [Range(1, 3650)]
    public int RetentionDays { get; init; } = 30;

    /// <summary>Hosts that Slack webhooks may name.</summary>
    public string SlackAllowedHosts { get; init; } = "hooks.slack.com";
}
