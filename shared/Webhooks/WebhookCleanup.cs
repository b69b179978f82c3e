using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Webhooks;

/// <summary>Stops the webhooks of a deleted organization or project: from then on nothing is sent.</summary>
internal sealed class WebhookStop(PlatformDbContext db, WriteGate writes) : ITenantCleanup
{
    public string Name => "webhooks-stop";

    public CleanupStage Stage => CleanupStage.StopWork;

    public async Task<bool> CleanAsync(TenantScope tenant, CancellationToken ct)
    {
        using var turn = await writes.EnterAsync(ct);
        await db.Webhooks.Where(webhook => webhook.OrganizationId == tenant.OrganizationId && (tenant.ProjectId == null || webhook.ProjectId == tenant.ProjectId))
            .ExecuteDeleteAsync(ct);
        return false;
    }
}

/// <summary>Deletes the log of a deleted organization or project.</summary>
internal sealed class WebhookLogCleanup(PlatformDbContext db, WriteGate writes) : ITenantCleanup
{
    private const int Batch = 1000;

    public string Name => "webhook-deliveries";

    public CleanupStage Stage => CleanupStage.DeleteRows;

    public async Task<bool> CleanAsync(TenantScope tenant, CancellationToken ct)
    {
        using var turn = await writes.EnterAsync(ct);
        var deleted = await db.WebhookDeliveries.Where(row => row.OrganizationId == tenant.OrganizationId && (tenant.ProjectId == null || row.ProjectId == tenant.ProjectId))
            .OrderBy(row => row.Id).Take(Batch).ExecuteDeleteAsync(ct);
        return deleted == Batch;
    }
}
