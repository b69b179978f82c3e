using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>Deletes the assignments that have stopped counting and notes each in the audit log of its organization.</summary>
public sealed class ExpiredAssignments(IServiceScopeFactory scopes, DatabaseReady ready, TimeProvider clock)
{
    private const int Batch = 200;

    public async Task DeleteAsync(CancellationToken ct)
    {
        if (!ready.IsReady)
            return;
        foreach (var organization in await OrganizationsAsync(ct))
        {
            while (await DeleteBatchAsync(organization, ct) == Batch)
            {
            }
        }
    }

    private async Task<List<Guid>> OrganizationsAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        return await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().RoleAssignments
            .Where(row => row.ExpiresAt <= now).Select(row => row.OrganizationId).Distinct().ToListAsync(ct);
    }

    private async Task<int> DeleteBatchAsync(Guid organizationId, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(organizationId));
        var (db, audit) = (scope.ServiceProvider.GetRequiredService<PlatformDbContext>(), scope.ServiceProvider.GetRequiredService<AuditTrail>());
        var deleted = await scope.ServiceProvider.GetRequiredService<RightsChange>().RunAsync<int>(
            organizationId,
            async () =>
            {
                var now = clock.GetUtcNow();
                var rows = await db.RoleAssignments.Where(row => row.ExpiresAt <= now).OrderBy(row => row.ExpiresAt).Take(Batch).ToListAsync(ct);
                db.RemoveRange(rows);
                foreach (var row in rows)
                    audit.Write("role.assignment_expired", "member", row.UserId);
                await db.SaveChangesAsync(ct);
                return rows.Count;
            },
            ct);
        return deleted.Value;
    }
}
