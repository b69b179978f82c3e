using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Idempotency;
using Platform.Identity;
using Platform.Organizations;
using Platform.Workflows;

namespace Platform.Databases;

/// <summary>A restore that has begun.</summary>
public sealed record StartedRestore(Guid RestoreId, Guid DatabaseId, Guid TargetDatabaseId, Guid BackupId, RestoreMode Mode, RestoreStatus Status);

/// <summary>Begins to put a backup into its database, or into a new one.</summary>
public sealed class StartRestore(
    PlatformDbContext db, BackupFiles content, DatabaseFactory factory, CreateDatabase create, StartBackup backups, IWorkflows workflows, IdempotentRequest idempotency)
{
    private const int SafetyDays = 7;

    public async Task<Result<StartedRestore>> StartAsync(ManagedDatabase database, DatabaseBackup backup, NewRestore wanted, string? correlationId, CancellationToken ct)
    {
        if (backup.Status != BackupStatus.Completed)
            return BackupErrors.NotCompleted;
        if (database.Status != DatabaseStatus.Available)
            return DatabaseErrors.NotAvailable(database.Status);
        if (await backups.IsLiveAsync(database.Id, ct))
            return BackupErrors.InProgress;
        if (!await content.IsWholeAsync(backup, ct))
            return BackupErrors.Corrupt;
        var target = wanted.Mode == RestoreMode.New ? await factory.CopyAsync(database, wanted.Name!, ct) : database;
        try
        {
            return await db.InTransactionAsync(() => BeginAsync(database, target, backup, wanted, correlationId, ct), ct);
        }
        catch (DbUpdateException fault) when (fault.IsUniqueViolation())
        {
            return wanted.Mode == RestoreMode.New ? DatabaseErrors.NameTaken : BackupErrors.InProgress;
        }
    }

    private async Task<Result<StartedRestore>> BeginAsync(
        ManagedDatabase database, ManagedDatabase target, DatabaseBackup backup, NewRestore wanted, string? correlationId, CancellationToken ct)
    {
        var now = factory.Now;
        DatabaseBackup? safety = null;
        if (wanted.Mode == RestoreMode.New)
        {
            if (await create.AddAsync(target, ct) is { IsOk: false, Error: var refusal })
                return refusal!;
        }
        else
        {
            database.Status = DatabaseStatus.Restoring;
            safety = wanted.SafetyBackup ? backups.Add(database, BackupType.PreRestore, name: null, SafetyDays) : null;
        }

        var restoreId = Guid.CreateVersion7(now);
        target.LastRestore = new LastRestore(restoreId, backup.Id, RestoreStatus.Running, now, FinishedAt: null, Error: null);
        target.RestoringBackupId = backup.Id;
        target.UpdatedAt = now;
        target.Version++;
        workflows.Start(
            DatabaseRestore.Name, DatabaseRestore.InstanceId(restoreId), new DatabaseRestore.Input(target.OrganizationId, restoreId, target.Id, backup.Id, safety?.Id, correlationId));
        var answer = new StartedRestore(restoreId, database.Id, target.Id, backup.Id, wanted.Mode, RestoreStatus.Running);
        idempotency.Complete(answer);
        await db.SaveChangesAsync(ct);
        return answer;
    }
}
