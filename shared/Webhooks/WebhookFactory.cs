using Platform.Data;
using Platform.Events;
using Platform.Identity;

namespace Platform.Webhooks;

/// <summary>Makes a webhook of what is wanted: its address allowed, its secrets sealed.</summary>
public sealed class WebhookFactory(WebhookAddress addresses, WebhookVault vault, EventSignal events, TimeProvider clock)
{
    private const int MaxName = 100;

    internal async Task<Result<Webhook>> MakeAsync(NewWebhook wanted, string secret, Caller owner, Guid? projectId, CancellationToken ct)
    {
        var address = await addresses.CheckAsync(wanted.Url, ct);
        if (!address.IsOk)
            return address.Error;
        var now = UtcMillisecondsConverter.Truncate(clock.GetUtcNow());
        var webhook = new Webhook
        {
            Id = Guid.CreateVersion7(now),
            OrganizationId = owner.OrganizationId!.Value,
            ProjectId = projectId,
            Name = wanted.Name ?? Shortened(address.Value.Host),
            Url = wanted.Url,
            Description = wanted.Description,
            Events = [.. wanted.Events.Distinct(StringComparer.Ordinal)],
            RetryPolicy = (wanted.RetryPolicy ?? new RetryPolicyChange()).ApplyTo(new WebhookRetryPolicy()),
            CreatedBy = owner.UserId,
            CreatedAt = now,
            UpdatedAt = now,
            Version = 1,
        };
        webhook.Enable(events.Newest);
        if (!wanted.Enabled)
            webhook.Disable(WebhookDisabledReason.Manual);
        await vault.SetSecretAsync(webhook, secret, formerUntil: null, ct);
        await vault.SetHeadersAsync(webhook, wanted.Headers ?? new Dictionary<string, string>(), ct);
        return webhook;
    }

    private static string Shortened(string host) => host.Length > MaxName ? host[..MaxName] : host;
}
