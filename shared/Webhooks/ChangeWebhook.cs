using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Events;
using Platform.Outbound;
using Platform.RateLimits;

namespace Platform.Webhooks;

/// <summary>Changes and deletes webhooks. Of two changes at once the later one works on what the earlier one left.</summary>
public sealed class ChangeWebhook(PlatformDbContext db, WebhookAddress addresses, WebhookVault vault, SensitiveLimit limit, AuditTrail audit, EventSignal events, TimeProvider clock)
{
    /// <summary>The webhook as it is now; with its secret if the change made a new one.</summary>
    public async Task<Result<WebhookView>> UpdateAsync(Guid id, WebhookChange change, CancellationToken ct)
    {
        if (change.RotateSecret == true && await limit.CountAsync(ct) is { } tooOften)
            return tooOften;
        if (change.Url is { } url && await addresses.CheckAsync(url, ct) is { IsOk: false } refused)
            return refused.Error;
        var secret = change.RotateSecret == true ? WebhookSignature.NewSecret() : null;
        return await ChangeAsync(
            id,
            async webhook =>
            {
                SetTexts(webhook, change);
                if (change.HasHeaders && await SetHeadersAsync(webhook, change.Headers ?? new Dictionary<string, string>(), ct) is { } unknown)
                    return unknown;
                if (secret is not null)
                    await RotateAsync(webhook, secret, change.SecretOverlapSeconds, ct);
                if (change.Enabled is { } enabled)
                    await SwitchAsync(webhook, enabled, ct);
                return null;
            },
            secret,
            ct);
    }

    /// <summary>Changes the policy; it holds from the next attempt on.</summary>
    public async Task<Result<WebhookView>> SetRetryPolicyAsync(Guid id, RetryPolicyChange change, CancellationToken ct) => change.IsEmpty ? WebhookErrors.EmptyPolicy : await ChangeAsync(
        id,
        webhook =>
        {
            var policy = change.ApplyTo(webhook.RetryPolicy);
            Note("retryPolicy", webhook.RetryPolicy, policy);
            webhook.RetryPolicy = policy;
            return Task.FromResult<Error?>(null);
        },
        secret: null,
        ct);

    /// <summary>Deletes it. What waits for it is cancelled; the log goes with its retention.</summary>
    public Task<Result<WebhookDeleted>> DeleteAsync(Guid id, CancellationToken ct) => db.InTransactionAsync<Result<WebhookDeleted>>(
        async () =>
        {
            if (!await db.LockWebhookAsync(id, ct))
                return WebhookErrors.NotFound;
            await db.CancelWaitingAsync(id, ct);
            db.Remove(await db.Webhooks.SingleAsync(webhook => webhook.Id == id, ct));
            await db.SaveChangesAsync(ct);
            return new WebhookDeleted(id, Deleted: true);
        },
        ct);

    private Task<Result<WebhookView>> ChangeAsync(Guid id, Func<Webhook, Task<Error?>> change, string? secret, CancellationToken ct) => db.InTransactionAsync<Result<WebhookView>>(
        async () =>
        {
            if (!await db.LockWebhookAsync(id, ct))
                return WebhookErrors.NotFound;
            var webhook = await db.Webhooks.SingleAsync(found => found.Id == id, ct);
            if (await change(webhook) is { } refused)
                return refused;
            webhook.UpdatedAt = clock.GetUtcNow();
            webhook.Version++;
            await db.SaveChangesAsync(ct);
            return WebhookView.Of(webhook, clock.GetUtcNow(), secret);
        },
        ct);

    private void SetTexts(Webhook webhook, WebhookChange change)
    {
        if (change.Name is { } name)
        {
            Note("name", webhook.Name, name);
            webhook.Name = name;
        }

        if (change.Url is { } url)
        {
            if (url != webhook.Url)
                audit.Change("url", MaskedUrl.Of(new Uri(webhook.Url)), MaskedUrl.Of(new Uri(url)));
            webhook.Url = url;
        }

        if (change.Events is { } patterns)
        {
            IReadOnlyList<string> distinct = [.. patterns.Distinct(StringComparer.Ordinal)];
            if (!distinct.SequenceEqual(webhook.Events))
                audit.Change("events", webhook.Events, distinct);
            webhook.Events = distinct;
        }

        if (change.HasDescription)
        {
            Note("description", webhook.Description, change.Description);
            webhook.Description = change.Description;
        }
    }

    private async Task<Error?> SetHeadersAsync(Webhook webhook, IReadOnlyDictionary<string, string> wanted, CancellationToken ct)
    {
        var stored = new Dictionary<string, string>(await vault.OpenHeadersAsync(webhook, ct), StringComparer.OrdinalIgnoreCase);
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in wanted)
        {
            var kept = stored.GetValueOrDefault(name);
            if (value == Masked.Value && kept is null)
                return WebhookErrors.HeaderUnknown;
            headers[name] = value == Masked.Value ? kept! : value;
        }

        audit.ChangeSecret("headers");
        await vault.SetHeadersAsync(webhook, headers, ct);
        return null;
    }

    private async Task RotateAsync(Webhook webhook, string secret, int overlapSeconds, CancellationToken ct)
    {
        audit.ChangeSecret("secret");
        await vault.SetSecretAsync(webhook, secret, clock.GetUtcNow().AddSeconds(overlapSeconds), ct);
    }

    private async Task SwitchAsync(Webhook webhook, bool enabled, CancellationToken ct)
    {
        var isEnabled = webhook.Status == WebhookStatus.Active;
        Note("enabled", isEnabled, enabled);
        if (enabled)
        {
            webhook.Enable(isEnabled ? webhook.AfterSequence : events.Newest);
            return;
        }

        if (!isEnabled)
            return;
        webhook.Disable(WebhookDisabledReason.Manual);
        await db.CancelWaitingAsync(webhook.Id, ct);
        db.Raise(WebhookDisabled.Of(webhook));
    }

    private void Note<T>(string field, T from, T to)
    {
        if (!EqualityComparer<T>.Default.Equals(from, to))
            audit.Change(field, from, to);
    }
}
