using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;
using Platform.Outbound;

namespace Platform.Notifications;

/// <summary>Replaces what the caller wants of one channel.</summary>
public sealed class ReplaceSubscription(
    PlatformDbContext db, SubscriptionQueries queries, SubscriptionSecrets secrets, OutboundGuard guard, NotificationPolicies policies, AuditTrail audit, TimeProvider clock)
{
    /// <param name="wish">Of good form; its URLs are checked here.</param>
    public async Task<Result<SubscriptionView>> ReplaceAsync(NotificationChannel channel, SubscriptionWish wish, CancellationToken ct)
    {
        var found = await queries.FindOwnerAsync(ct);
        if (!found.IsOk)
            return found.Error;
        var owner = found.Value;
        using var acting = db.ActAs(Caller.System(owner.OrganizationId));
        var before = await secrets.OpenAsync(await FindAsync(owner, channel, ct), ct);
        wish = Complete(wish, before);
        if (await RefuseAsync(channel, wish, ct) is { } refusal)
            return refusal;
        while (true)
        {
            try
            {
                return await db.InTransactionAsync(() => StoreAsync(owner, channel, wish, ct), ct);
            }
            catch (DbUpdateException lost) when (lost.IsUniqueViolation())
            {
                db.Discard();   // a parallel request made the row: replace it
            }
        }
    }

    // Who sends back what he was shown leaves the URL as it is.
    private static SubscriptionWish Complete(SubscriptionWish wish, SubscriptionKeys before) => wish with
    {
        WebhookUrl = wish.WebhookUrl is { } webhook && webhook == SubscriptionKeys.Mask(before.WebhookUrl) ? before.WebhookUrl : wish.WebhookUrl,
        SlackWebhook = wish.SlackWebhook is { } slack && slack == SubscriptionKeys.Mask(before.SlackWebhook) ? before.SlackWebhook : wish.SlackWebhook,
    };

    private async Task<Error?> RefuseAsync(NotificationChannel channel, SubscriptionWish wish, CancellationToken ct)
    {
        if (wish.Enabled && channel == NotificationChannel.Webhook && wish.WebhookUrl is null)
            return NotificationErrors.WebhookNeeded;
        if (wish.Enabled && channel == NotificationChannel.Slack && wish.SlackWebhook is null)
            return NotificationErrors.SlackNeeded;
        return await RefuseAsync("webhook_url", wish.WebhookUrl, policies.Webhook, ct) ?? await RefuseAsync("slack_webhook", wish.SlackWebhook, policies.Slack, ct);
    }

    private async Task<Error?> RefuseAsync(string field, string? url, OutboundPolicy policy, CancellationToken ct)
    {
        if (url is null)
            return null;
        var check = await guard.CheckAsync(url, policy, ct);
        return check.IsOk ? null : Error.Invalid(Problem.Body(field, check.Error.Message, "value_error"));
    }

    private async Task<Result<SubscriptionView>> StoreAsync(SubscriptionOwner owner, NotificationChannel channel, SubscriptionWish wish, CancellationToken ct)
    {
        await db.LockSubscriptionAsync(owner.UserId, channel, ct);
        var stored = await FindAsync(owner, channel, ct);
        var before = await secrets.OpenAsync(stored, ct);
        var now = clock.GetUtcNow();
        var subscription = stored ?? db.Add(new NotificationSubscription { UserId = owner.UserId, OrganizationId = owner.OrganizationId, Channel = channel, CreatedAt = now }).Entity;
        var keys = new SubscriptionKeys(wish.WebhookUrl, SecretFor(channel, wish, before), wish.SlackWebhook);
        var old = stored is null ? SubscriptionView.Default(owner.UserId, channel) : SubscriptionView.Of(subscription, before.WebhookUrl, before.SlackWebhook);
        Apply(subscription, wish, now);
        await secrets.SealAsync(subscription, keys, ct);

        var view = SubscriptionView.Of(subscription, keys.WebhookUrl, keys.SlackWebhook) with { WebhookSecret = keys.WebhookSecret == before.WebhookSecret ? null : keys.WebhookSecret };
        var changed = SubscriptionChanges.Between(old, view);
        audit.Target("notification_subscription", EnumWords<NotificationChannel>.ToWord(channel));
        if (changed.Count > 0)
            db.Raise(new NotificationPreferencesUpdated(owner.UserId, changed) { OwnerId = owner.UserId, OrganizationId = owner.OrganizationId });
        await db.SaveChangesAsync(ct);
        return view;
    }

    private Task<NotificationSubscription?> FindAsync(SubscriptionOwner owner, NotificationChannel channel, CancellationToken ct) =>
        db.NotificationSubscriptions.SingleOrDefaultAsync(s => s.UserId == owner.UserId && s.Channel == channel, ct);

    // Kept while the URL's host stays: another receiver must not know what signs for this one.
    private static string? SecretFor(NotificationChannel channel, SubscriptionWish wish, SubscriptionKeys before)
    {
        if (SubscriptionKeys.HaveSameHost(wish.WebhookUrl, before.WebhookUrl) && before.WebhookSecret is { } known)
            return known;
        return channel == NotificationChannel.Webhook && wish is { Enabled: true, WebhookUrl: not null }
            ? WebhookSignature.NewSecret()
            : null;
    }

    private static void Apply(NotificationSubscription subscription, SubscriptionWish wish, DateTimeOffset now)
    {
        subscription.Enabled = wish.Enabled;
        subscription.NotificationTypes = wish.NotificationTypes;
        subscription.Severities = wish.Severities;
        subscription.IncludeTags = wish.IncludeTags;
        subscription.ExcludeTags = wish.ExcludeTags;
        subscription.QuietHoursEnabled = wish.QuietHoursEnabled;
        subscription.QuietHoursStart = wish.QuietHoursStart;
        subscription.QuietHoursEnd = wish.QuietHoursEnd;
        subscription.Timezone = wish.Timezone;
        subscription.BatchIntervalMinutes = wish.BatchIntervalMinutes;
        subscription.UpdatedAt = now;
    }
}
