using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Platform.Outbound;
using Platform.Secrets;

namespace Platform.Notifications;

/// <summary>The URLs of a subscription and its signing secret in clear.</summary>
internal sealed record SubscriptionKeys(string? WebhookUrl, string? WebhookSecret, string? SlackWebhook)
{
    public static readonly SubscriptionKeys None = new(null, null, null);

    public static string? Mask(string? url) => url is null ? null : MaskedUrl.Of(new Uri(url));

    public static bool HaveSameHost(string? one, string? other) =>
        one is not null && other is not null && string.Equals(new Uri(one).IdnHost, new Uri(other).IdnHost, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Seals and opens what is secret in a subscription.</summary>
public sealed class SubscriptionSecrets(ISecretBox box, ILogger<SubscriptionSecrets> log)
{
    private const string Webhook = "webhook_url";
    private const string Secret = "webhook_secret";
    private const string Slack = "slack_webhook";

    internal async Task SealAsync(NotificationSubscription subscription, SubscriptionKeys keys, CancellationToken ct)
    {
        subscription.WebhookUrl = await SealAsync(subscription, Webhook, keys.WebhookUrl, ct);
        subscription.WebhookSecret = await SealAsync(subscription, Secret, keys.WebhookSecret, ct);
        subscription.SlackWebhook = await SealAsync(subscription, Slack, keys.SlackWebhook, ct);
    }

    /// <summary>What cannot be opened counts as absent.</summary>
    internal async Task<SubscriptionKeys> OpenAsync(NotificationSubscription? subscription, CancellationToken ct) => subscription is null
        ? SubscriptionKeys.None
        : new SubscriptionKeys(
            await OpenAsync(subscription, Webhook, subscription.WebhookUrl, ct),
            await OpenAsync(subscription, Secret, subscription.WebhookSecret, ct),
            await OpenAsync(subscription, Slack, subscription.SlackWebhook, ct));

    private async Task<string?> SealAsync(NotificationSubscription of, string field, string? text, CancellationToken ct) =>
        text is null ? null : await box.SealAsync(of.OrganizationId, NotificationSubscription.AssociatedData(of.UserId, of.Channel, field), text, ct);

    private async Task<string?> OpenAsync(NotificationSubscription of, string field, string? sealedText, CancellationToken ct)
    {
        if (sealedText is null)
            return null;
        try
        {
            return await box.OpenAsync(of.OrganizationId, NotificationSubscription.AssociatedData(of.UserId, of.Channel, field), sealedText, ct);
        }
        catch (CryptographicException fault)
        {
            log.LogWarning(fault, "{Field} of the {Channel} subscription of user {UserId} cannot be opened", field, of.Channel, of.UserId);
            return null;
        }
    }
}
