using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.DeadLetters;

namespace Platform.Organizations;

/// <summary>Runs the clean-up steps of all areas for the orchestrations, and ends or reports the removal.</summary>
public sealed class TenantRemoval(PlatformDbContext db, IEnumerable<ITenantCleanup> cleanups, AuditTrail audit, TimeProvider clock)
{
    /// <summary>The names of the steps, in their order.</summary>
    public IReadOnlyList<string> Plan => [.. cleanups.OrderBy(cleanup => cleanup.Stage).ThenBy(cleanup => cleanup.Name, StringComparer.Ordinal).Select(cleanup => cleanup.Name)];

    /// <summary>Does a batch of the step; true when more may be left. A step that this version does not know is done.</summary>
    public Task<bool> CleanAsync(string step, TenantScope tenant, CancellationToken ct) =>
        cleanups.SingleOrDefault(cleanup => cleanup.Name == step) is { } cleanup ? cleanup.CleanAsync(tenant, ct) : Task.FromResult(false);

    /// <summary>Deletes the row itself, and with it what hangs on it: projects, custom roles, invitations.</summary>
    public async Task EndAsync(TenantScope tenant, CancellationToken ct)
    {
        await db.InTransactionAsync(
            async () =>
            {
                var deleted = tenant.ProjectId is { } project
                    ? await db.Projects.Where(row => row.Id == project && row.Status == ProjectStatus.Deleted).ExecuteDeleteAsync(ct)
                    : await db.Organizations.Where(row => row.Id == tenant.OrganizationId && row.Status == OrganizationStatus.Deleting).ExecuteDeleteAsync(ct);
                if (deleted == 0)
                    return 0;   // a repetition
                audit.Write(tenant.ProjectId is null ? "organization.purge" : "project.purge", tenant.ProjectId is null ? "organization" : "project", tenant.ProjectId ?? tenant.OrganizationId);
                if (tenant.ProjectId is null)
                    db.Raise(new OrganizationDeleted { OrganizationId = tenant.OrganizationId });
                return await db.SaveChangesAsync(ct);
            },
            ct);
    }

    /// <summary>Leaves a dead letter for the operator: the step has failed for good.</summary>
    public async Task ReportAsync(TenantScope tenant, string step, string fault, CancellationToken ct)
    {
        var stored = db.Raise(new TenantCleanupFailed(step, fault) { OrganizationId = tenant.OrganizationId, ProjectId = tenant.ProjectId });
        DeadLetterQueue.Leave(db, "tenant-removal", stored, fault, clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
    }
}
