using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Secrets;

/// <summary>Deletes the data key of a deleted organization: what it sealed is unreadable from then on, in old backups of other tables too.</summary>
internal sealed class DataKeyCleanup(PlatformDbContext db, WriteGate writes) : ITenantCleanup
{
    public string Name => "data-key";

    public CleanupStage Stage => CleanupStage.DeleteRows;

    public async Task<bool> CleanAsync(TenantScope tenant, CancellationToken ct)
    {
        if (tenant.ProjectId is not null)
            return false;
        using var turn = await writes.EnterAsync(ct);
        await db.DataKeys.Where(key => key.OrganizationId == tenant.OrganizationId).ExecuteDeleteAsync(ct);
        return false;
    }
}
