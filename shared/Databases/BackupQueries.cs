using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Databases;

/// <summary>Finds the backups of a database that the caller was let to.</summary>
public sealed class BackupQueries(PlatformDbContext db, DatabaseQueries databases, AuditTrail audit, TimeProvider clock)
{
    public async Task<Page<DatabaseBackup>> ListAsync(ManagedDatabase database, BackupFilter filter, CancellationToken ct)
    {
        var (types, statuses) = (filter.Type, filter.Status);
        var matches = db.DatabaseBackups.AsNoTracking().Where(backup => backup.DatabaseId == database.Id);
        if (types.Count > 0)
            matches = matches.Where(backup => types.Contains(backup.Type));
        if (statuses.Count > 0)
            matches = matches.Where(backup => statuses.Contains(backup.Status));
        var total = await matches.LongCountAsync(ct);
        return new Page<DatabaseBackup>(await Ordered(matches, filter.Sort).Skip(filter.Offset).Take(filter.Limit).ToListAsync(ct), total, filter.Limit, filter.Offset);
    }

    /// <summary>The backup of that database, if it is there (404) and the caller may (403). The database itself may be gone.</summary>
    public async Task<Result<DatabaseBackup>> FindAsync(Guid databaseId, Guid id, string permission, CancellationToken ct)
    {
        if (await db.DatabaseBackups.SingleOrDefaultAsync(backup => backup.Id == id && backup.DatabaseId == databaseId, ct) is not { } found)
            return BackupErrors.NotFound;
        audit.Target("database_backup", found.Id, found.Name);
        return db.Caller.CanIn(found.ProjectId, permission) ? found : PermissionErrors.Missing(db.Caller, permission);
    }

    /// <summary>A backup whose content is to be shown, which is all that is in the database: it takes the right to credentials too.</summary>
    public async Task<Result<DatabaseBackup>> FindContentAsync(Guid databaseId, Guid id, CancellationToken ct)
    {
        var found = await FindAsync(databaseId, id, Permissions.DatabasesBackup, ct);
        if (!found.IsOk)
            return found.Error;
        if (databases.CheckCredentials(found.Value.ProjectId) is { } refusal)
            return refusal;
        if (found.Value.Status != BackupStatus.Completed)
            return BackupErrors.NotCompleted;
        return found.Value.ExpiresAt <= clock.GetUtcNow() ? BackupErrors.Expired : found;
    }

    private static IQueryable<DatabaseBackup> Ordered(IQueryable<DatabaseBackup> backups, string sort) => sort switch
    {
        "sizeBytes" => backups.OrderBy(backup => backup.SizeBytes ?? 0).ThenBy(backup => backup.Id),
        "-sizeBytes" => backups.OrderByDescending(backup => backup.SizeBytes ?? 0).ThenByDescending(backup => backup.Id),
        "createdAt" => backups.OrderBy(backup => backup.CreatedAt).ThenBy(backup => backup.Id),
        _ => backups.OrderByDescending(backup => backup.CreatedAt).ThenByDescending(backup => backup.Id),
    };
}
