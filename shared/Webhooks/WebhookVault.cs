using System.Text.Json;
using Platform.Data;
using Platform.Secrets;

namespace Platform.Webhooks;

/// <summary>Seals and opens the signing secrets and custom headers of webhooks.</summary>
public sealed class WebhookVault(ISecretBox box)
{
    private const string Secret = "secret";
    private const string Headers = "headers";
    private const int Preview = 4;

    /// <summary>Puts a secret in place; the one before, if there is one, becomes the former.</summary>
    /// <param name="formerUntil">How long that goes on signing.</param>
    internal async Task SetSecretAsync(Webhook webhook, string secret, DateTimeOffset? formerUntil, CancellationToken ct)
    {
        if (formerUntil is not null)
            (webhook.FormerSecret, webhook.FormerSecretUntil) = (webhook.Secret, formerUntil);
        webhook.Secret = await SealAsync(webhook, Secret, secret, ct);
        webhook.SecretPreview = secret[^Preview..];
    }

    internal async Task SetHeadersAsync(Webhook webhook, IReadOnlyDictionary<string, string> headers, CancellationToken ct)
    {
        webhook.HeaderNames = [.. headers.Keys];
        webhook.Headers = headers.Count == 0 ? null : await SealAsync(webhook, Headers, JsonSerializer.Serialize(headers, JsonColumn.Options), ct);
    }

    /// <summary>The secrets that sign now, the newest first.</summary>
    internal async Task<IReadOnlyList<string>> OpenSecretsAsync(Webhook webhook, DateTimeOffset now, CancellationToken ct)
    {
        var current = await OpenAsync(webhook, Secret, webhook.Secret, ct);
        return webhook.FormerSecret is { } former && webhook.FormerSecretUntil > now ? [current, await OpenAsync(webhook, Secret, former, ct)] : [current];
    }

    internal async Task<IReadOnlyDictionary<string, string>> OpenHeadersAsync(Webhook webhook, CancellationToken ct) => webhook.Headers is { } text
        ? JsonSerializer.Deserialize<Dictionary<string, string>>(await OpenAsync(webhook, Headers, text, ct), JsonColumn.Options)!
        : new Dictionary<string, string>();

    private Task<string> SealAsync(Webhook webhook, string field, string text, CancellationToken ct) =>
        box.SealAsync(webhook.OrganizationId, Webhook.AssociatedData(webhook.Id, field), text, ct);

    private Task<string> OpenAsync(Webhook webhook, string field, string text, CancellationToken ct) =>
        box.OpenAsync(webhook.OrganizationId, Webhook.AssociatedData(webhook.Id, field), text, ct);
}
