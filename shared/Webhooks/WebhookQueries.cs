using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;

namespace Platform.Webhooks;

/// <summary>Reads webhooks of the active organization. One that a caller's token does not reach is not there for him.</summary>
public sealed class WebhookQueries(PlatformDbContext db, RequestedProject projects, AuditTrail audit, TimeProvider clock)
{
    /// <summary>The webhook, if there is one and the caller holds the permission on its project; the running operation's audit entry names it.</summary>
    public async Task<Result<Webhook>> FindAsync(Guid id, string permission, CancellationToken ct)
    {
        if (await db.Webhooks.AsNoTracking().SingleOrDefaultAsync(webhook => webhook.Id == id, ct) is not { } found || !CanSee(found.ProjectId))
            return WebhookErrors.NotFound;
        audit.Target("webhook", found.Id, found.Name);
        return db.Caller.CanIn(found.ProjectId, permission) ? found : PermissionErrors.Missing(db.Caller, permission);
    }

    /// <summary>A page, newest first.</summary>
    public async Task<Result<Page<WebhookView>>> ListAsync(Result<WebhookFilter> wanted, CancellationToken ct)
    {
        var named = wanted is { IsOk: true, Value: { IsAll: false, Project: not null } };
        var place = await PlaceAsync(named, named ? wanted.Value.Project : null, Permissions.WebhooksRead, ct);
        if (!place.IsOk)
            return place.Error;
        var all = wanted is { IsOk: true, Value.IsAll: true };
        var project = all ? null : place.Value;
        if (!db.Caller.CanIn(project, Permissions.WebhooksRead))
            return PermissionErrors.Missing(db.Caller, Permissions.WebhooksRead);
        if (!wanted.IsOk)
            return wanted.Error;

        var withOrganization = db.Caller.CanIn(null, Permissions.WebhooksRead);
        var rows = db.Webhooks.AsNoTracking().Where(webhook => all || webhook.ProjectId == project || (withOrganization && webhook.ProjectId == null));
        var now = clock.GetUtcNow();
        var total = await rows.CountAsync(ct);
        var page = await rows.OrderByDescending(webhook => webhook.Id).Skip(wanted.Value.Offset).Take(wanted.Value.Limit).ToListAsync(ct);
        return new Page<WebhookView>([.. page.Select(webhook => WebhookView.Of(webhook, now))], total, wanted.Value.Limit, wanted.Value.Offset);
    }

    /// <summary>Where a request acts: the project that it names, which is one of the active organization, or the organization (null); else the active project.</summary>
    internal async Task<Result<Guid?>> PlaceAsync(bool isNamed, Guid? projectId, string permission, CancellationToken ct)
    {
        if (!isNamed)
            return db.Caller.ProjectId;
        if (projectId is not { } id)
            return (Guid?)null;
        var entered = await projects.EnterAsync(id.ToString(), permission, ct);
        return entered.IsOk ? (Result<Guid?>)(Guid?)entered.Value : entered.Error;
    }

    private bool CanSee(Guid? projectId) => db.Caller.Reaches(projectId);
}
