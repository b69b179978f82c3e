using Microsoft.EntityFrameworkCore;

using Platform.Data;
using Platform.Organizations;

namespace Platform.DeadLetters;

/// <summary>Deletes the retry policies of a deleted organization.</summary>
internal sealed class PolicyCleanup(PlatformDbContext db, WriteGate writes) : ITenantCleanup
{
    public string Name => "dlq-policies";

    public CleanupStage Stage => CleanupStage.DeleteRows;

    public async Task<bool> CleanAsync(TenantScope tenant, CancellationToken ct)
    {
        if (tenant.ProjectId is not null)
            return false;
        using var turn = await writes.EnterAsync(ct);
        await db.StoredDeadLetterPolicies.Where(policy => policy.Scope == tenant.OrganizationId).ExecuteDeleteAsync(ct);
        return false;
    }
}
