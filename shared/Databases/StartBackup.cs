using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Idempotency;
using Platform.Identity;
using Platform.Workflows;

namespace Platform.Databases;

/// <summary>Stores new backups and starts the orchestrations that make them; deletes them.</summary>
public sealed class StartBackup(
    PlatformDbContext db, BackupFiles content, DatabaseEngines engines, IWorkflows workflows, AuditTrail audit, IdempotentRequest idempotency, TimeProvider clock)
{
    private const int MaxManual = 50;

    /// <summary>The backup in <see cref="BackupStatus.Pending"/>.</summary>
    /// <param name="answer">What the caller will be told; kept for repetitions of his request.</param>
    public async Task<Result<DatabaseBackup>> StartAsync(
        ManagedDatabase database, NewBackup wanted, string? correlationId, Func<DatabaseBackup, object> answer, CancellationToken ct)
    {
        if (database.Status != DatabaseStatus.Available)
            return DatabaseErrors.NotAvailable(database.Status);
        if (await IsLiveAsync(database.Id, ct))
            return BackupErrors.InProgress;
        if (await db.DatabaseBackups.CountAsync(other => other.DatabaseId == database.Id && other.Type == BackupType.Manual, ct) >= MaxManual)
            return BackupErrors.TooMany(MaxManual);
        var backup = Add(database, BackupType.Manual, wanted.Name, wanted.ExpiresInDays);
        workflows.Start(DatabaseBackupRun.Name, DatabaseBackupRun.InstanceId(backup.Id), new DatabaseBackupRun.Input(backup.OrganizationId, backup.Id, correlationId));
        audit.Target("database_backup", backup.Id, backup.Name);
        idempotency.Complete(answer(backup));
        try
        {
            await db.SaveChangesAsync(ct);
            return backup;
        }
        catch (DbUpdateException fault) when (fault.IsUniqueViolation())
        {
            return BackupErrors.InProgress;
        }
    }

    public async Task<Result<Nothing>> DeleteAsync(DatabaseBackup backup, CancellationToken ct)
    {
        if (backup.IsLive)
            return BackupErrors.InProgress;
        if (await db.Databases.AnyAsync(database => database.RestoringBackupId == backup.Id, ct))
            return BackupErrors.InUse;
        await content.DeleteAsync(backup, ct);
        db.Remove(backup);
        await db.SaveChangesAsync(ct);
        return default(Nothing);
    }

    internal Task<bool> IsLiveAsync(Guid databaseId, CancellationToken ct) =>
        db.DatabaseBackups.AnyAsync(backup => backup.DatabaseId == databaseId && (backup.Status == BackupStatus.Pending || backup.Status == BackupStatus.Running), ct);

    /// <summary>Adds a backup to the unit of work; who saves it sees to it that it is made.</summary>
    internal DatabaseBackup Add(ManagedDatabase database, BackupType type, string? name, int? expiresInDays)
    {
        var now = clock.GetUtcNow();
        return db.Add(new DatabaseBackup
        {
            Id = Guid.CreateVersion7(now),
            OrganizationId = database.OrganizationId,
            ProjectId = database.ProjectId,
            DatabaseId = database.Id,
            Name = name is { Length: > 0 } ? name : null,
            Type = type,
            Status = BackupStatus.Pending,
            Format = engines.Of(database).BackupFormat,
            EngineVersion = database.EngineVersion ?? "",
            ExpiresAt = expiresInDays is { } days ? now.AddDays(days) : null,
            CreatedBy = db.Caller.UserId,
            CreatedAt = now,
            UpdatedAt = now,
        }).Entity;
    }
}
