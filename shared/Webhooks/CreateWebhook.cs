using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Data;
using Platform.Idempotency;
using Platform.Identity;
using Platform.Organizations;
using Platform.Outbound;

namespace Platform.Webhooks;

/// <summary>Creates webhooks of a project or of the organization as a whole.</summary>
public sealed class CreateWebhook(
    PlatformDbContext db, WebhookQueries queries, WebhookFactory factory, AuditTrail audit, IdempotentRequest idempotency, IOptions<WebhookOptions> options)
{
    /// <summary>The webhook with its secret, which is shown this once.</summary>
    public async Task<Result<WebhookView>> CreateAsync(Result<NewWebhook> wanted, CancellationToken ct)
    {
        var place = await queries.PlaceAsync(wanted is { IsOk: true, Value.NamesProject: true }, wanted.IsOk ? wanted.Value.ProjectId : null, Permissions.WebhooksManage, ct);
        if (!place.IsOk)
            return place.Error;
        if (!db.Caller.CanIn(place.Value, Permissions.WebhooksManage))
            return PermissionErrors.Missing(db.Caller, Permissions.WebhooksManage);
        if (!wanted.IsOk)
            return wanted.Error;
        var secret = wanted.Value.Secret ?? WebhookSignature.NewSecret();
        var made = await factory.MakeAsync(wanted.Value, secret, db.Caller, place.Value, ct);
        return made.IsOk ? await db.InTransactionAsync(() => InsertAsync(made.Value, secret, ct), ct) : made.Error;
    }

    private async Task<Result<WebhookView>> InsertAsync(Webhook webhook, string secret, CancellationToken ct)
    {
        if (!await LockPlaceAsync(webhook, ct))
            return ProjectErrors.NotFound;
        var maximum = options.Value.MaxPerProject;
        if (await db.Webhooks.CountAsync(other => other.OrganizationId == webhook.OrganizationId && other.ProjectId == webhook.ProjectId, ct) >= maximum)
            return WebhookErrors.LimitReached(maximum);
        db.Add(webhook);
        audit.Target("webhook", webhook.Id, webhook.Name);
        idempotency.CompleteWithSecret(webhook.Id);
        await db.SaveChangesAsync(ct);
        return WebhookView.Of(webhook, webhook.CreatedAt, secret);
    }

    // Two creations at once must not both take the last place.
    private async Task<bool> LockPlaceAsync(Webhook webhook, CancellationToken ct) => webhook.ProjectId is { } project
        ? await db.LockProjectAsync(project, ct)
        : await db.Organizations.Where(organization => organization.Id == webhook.OrganizationId && organization.Status == OrganizationStatus.Active)
            .ExecuteUpdateAsync(set => set.SetProperty(organization => organization.Version, organization => organization.Version), ct) > 0;
}
