using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;

namespace Platform.Notifications;

/// <summary>Reads the caller's subscriptions. They belong to his personal organization; an access token of another organization does not reach them.</summary>
public sealed class SubscriptionQueries(PlatformDbContext db, SubscriptionSecrets secrets)
{
    public async Task<Result<SubscriptionList>> ListAsync(CancellationToken ct)
    {
        var owner = await FindOwnerAsync(ct);
        if (!owner.IsOk)
            return owner.Error;
        using var acting = db.ActAs(Caller.System(owner.Value.OrganizationId));
        var stored = await db.NotificationSubscriptions.AsNoTracking().Where(s => s.UserId == owner.Value.UserId).ToListAsync(ct);
        List<SubscriptionView> views = [];
        foreach (var channel in Enum.GetValues<NotificationChannel>())
            views.Add(stored.Find(s => s.Channel == channel) is { } subscription ? await ShowAsync(subscription, ct) : SubscriptionView.Default(owner.Value.UserId, channel));
        return new SubscriptionList(views);
    }

    /// <summary>The caller and his personal organization.</summary>
    internal async Task<Result<SubscriptionOwner>> FindOwnerAsync(CancellationToken ct)
    {
        var caller = db.Caller;
        var organization = await db.Organizations.Where(found => found.PersonalUserId == caller.UserId).Select(found => found.Id).SingleAsync(ct);
        // It would choose where notifications of organizations go that it is not for.
        return caller.Credential == CredentialKind.AccessToken && caller.OrganizationId != organization
            ? NotificationErrors.OtherOrganization
            : new SubscriptionOwner(caller.UserId!.Value, organization);
    }

    private async Task<SubscriptionView> ShowAsync(NotificationSubscription subscription, CancellationToken ct)
    {
        var keys = await secrets.OpenAsync(subscription, ct);
        return SubscriptionView.Of(subscription, SubscriptionKeys.Mask(keys.WebhookUrl), SubscriptionKeys.Mask(keys.SlackWebhook));
    }
}

internal sealed record SubscriptionOwner(Guid UserId, Guid OrganizationId);
