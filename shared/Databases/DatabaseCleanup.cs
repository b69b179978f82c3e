using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Databases;

/// <summary>Removes the databases of a deleted organization or purged project and their backups, they first and then their rows.</summary>
internal sealed class DatabaseCleanup(PlatformDbContext db, DatabaseEngines engines, BackupFiles content, QueryTurns turns) : ITenantCleanup
{
    private const int Batch = 100;

    public string Name => "databases";

    public CleanupStage Stage => CleanupStage.DropResources;

    public async Task<bool> CleanAsync(TenantScope tenant, CancellationToken ct)
    {
        var databases = await db.Databases.Include(database => database.Tags)
            .Where(database => database.OrganizationId == tenant.OrganizationId && (tenant.ProjectId == null || database.ProjectId == tenant.ProjectId))
            .OrderBy(database => database.Id).Take(Batch).AsSplitQuery().ToListAsync(ct);
        foreach (var database in databases)
        {
            turns.End(database.Id);
            await engines.Of(database).RemoveAsync(database.OrganizationId, database.Id, ct);
            db.Remove(database);
            db.Raise(DatabaseDeleted.Of(database));
        }

        var backups = await db.DatabaseBackups.Where(backup => backup.OrganizationId == tenant.OrganizationId && (tenant.ProjectId == null || backup.ProjectId == tenant.ProjectId))
            .OrderBy(backup => backup.Id).Take(Batch).ToListAsync(ct);
        foreach (var backup in backups)
        {
            await content.DeleteAsync(backup, ct);
            db.Remove(backup);
        }

        await db.SaveChangesAsync(ct);
        if (tenant.ProjectId is null && databases.Count < Batch)
        {
            foreach (var engine in engines.All)
                engine.RemoveTenant(tenant.OrganizationId);
        }

        return databases.Count == Batch || backups.Count == Batch;
    }
}
