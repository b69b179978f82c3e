using System.ComponentModel.DataAnnotations;
using Platform.Notifications;

namespace Platform.Functions.Notifications;

/// <summary>What the caller wants of a channel; members left out take their defaults.</summary>
public sealed record SubscriptionRequest : IValidatableObject
{
    private const int MaxUrl = 2048;
    private const int MaxTags = 50;
    private const int MaxTag = 128;
    private const string Time = "([01][0-9]|2[0-3]):[0-5][0-9]";

    /// <summary>Whether the channel is used at all.</summary>
    public required bool Enabled { get; init; }

    /// <summary>Types that are wanted; empty for all.</summary>
    [MaxLength(MaxTags)]
    public IReadOnlyList<NotificationType> NotificationTypes { get; init; } = [];

    /// <summary>Severities that are wanted; empty for all.</summary>
    [MaxLength(MaxTags)]
    public IReadOnlyList<NotificationSeverity> Severities { get; init; } = [];

    /// <summary>Only what has one of these tags; empty for any.</summary>
    [MaxLength(MaxTags)]
    public IReadOnlyList<string> IncludeTags { get; init; } = [];

    /// <summary>Nothing that has one of these tags.</summary>
    [MaxLength(MaxTags)]
    public IReadOnlyList<string> ExcludeTags { get; init; } = [];

    /// <summary>Where the webhook channel sends to; as it is shown in answers, it stays.</summary>
    [StringLength(MaxUrl, MinimumLength = 1)]
    public string? WebhookUrl { get; init; }

    /// <summary>Slack's incoming webhook; as it is shown in answers, it stays.</summary>
    [StringLength(MaxUrl, MinimumLength = 1)]
    public string? SlackWebhook { get; init; }

    /// <summary>Hold back what is not urgent on webhook and Slack between the two times.</summary>
    public bool QuietHoursEnabled { get; init; }

    /// <summary><c>HH:MM</c> in the time zone.</summary>
    [RegularExpression(Time)]
    public string? QuietHoursStart { get; init; }

    /// <summary><c>HH:MM</c> in the time zone; before the start, it is the next day's.</summary>
    [RegularExpression(Time)]
    public string? QuietHoursEnd { get; init; }

    /// <summary>IANA name of the time zone.</summary>
    [StringLength(64, MinimumLength = 1)]
    public string Timezone { get; init; } = "UTC";

    /// <summary>Minutes for which what is of low severity is collected into one message; 0 sends each at once.</summary>
    [Range(0, NotificationSubscription.MaxBatchMinutes)]
    public int BatchIntervalMinutes { get; init; } = NotificationSubscription.DefaultBatchMinutes;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Zones.IsKnown(Timezone))
            yield return new ValidationResult("Unknown time zone", [nameof(Timezone)]);
        if (QuietHoursEnabled && QuietHoursStart is null)
            yield return new ValidationResult("Quiet hours need a start", [nameof(QuietHoursStart)]);
        if (QuietHoursEnabled && QuietHoursEnd is null)
            yield return new ValidationResult("Quiet hours need an end", [nameof(QuietHoursEnd)]);
        if (IncludeTags.Any(IsBadTag))
            yield return new ValidationResult($"Tags should have 1 to {MaxTag} characters", [nameof(IncludeTags)]);
        if (ExcludeTags.Any(IsBadTag))
            yield return new ValidationResult($"Tags should have 1 to {MaxTag} characters", [nameof(ExcludeTags)]);
    }

    internal SubscriptionWish ToWish() => new(Enabled)
    {
        NotificationTypes = [.. NotificationTypes.Distinct()],
        Severities = [.. Severities.Distinct()],
        IncludeTags = [.. IncludeTags.Distinct(StringComparer.Ordinal)],
        ExcludeTags = [.. ExcludeTags.Distinct(StringComparer.Ordinal)],
        WebhookUrl = WebhookUrl,
        SlackWebhook = SlackWebhook,
        QuietHoursEnabled = QuietHoursEnabled,
        QuietHoursStart = QuietHoursStart,
        QuietHoursEnd = QuietHoursEnd,
        Timezone = Timezone,
        BatchIntervalMinutes = BatchIntervalMinutes,
    };

    private static bool IsBadTag(string? tag) => tag is not { Length: >= 1 and <= MaxTag };
}
