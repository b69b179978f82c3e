using Microsoft.Extensions.Options;
using Platform.Outbound;

namespace Platform.Notifications;

/// <summary>Where notifications may be sent.</summary>
public sealed class NotificationPolicies(IOptions<NotificationOptions> options)
{
    public OutboundPolicy Webhook { get; } = new("notification-webhook");

    /// <summary>The hosts of <c>Notifications:SlackAllowedHosts</c> only.</summary>
    public OutboundPolicy Slack { get; } = new("notification-slack")
    {
        OnlyHosts = options.Value.SlackAllowedHosts.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet(StringComparer.OrdinalIgnoreCase),
    };

    public OutboundPolicy Of(NotificationChannel channel) => channel == NotificationChannel.Slack ? Slack : Webhook;
}
