using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Databases;

/// <summary>Makes a stored backup. May run again after a crash: it begins anew unless it is completed, and from then on the former attempt, should it go on after all, can no longer end it.</summary>
public sealed class MakeBackup(PlatformDbContext db, BackupFiles content, TimeProvider clock)
{
    private const string Failed = "The backup could not be made";
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public async Task RunAsync(Guid id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { Status: not BackupStatus.Completed } backup)
            return;
        if (await db.Databases.AsNoTracking().SingleOrDefaultAsync(found => found.Id == backup.DatabaseId, ct) is not { } database)
            return; // its database was removed, and it goes too
        backup.Status = BackupStatus.Running;
        backup.StartedAt ??= clock.GetUtcNow();
        backup.UpdatedAt = clock.GetUtcNow();
        var former = Renew(backup);
        await db.SaveChangesAsync(ct);
        await content.DeleteAsync(former, ct);

        using var limit = new CancellationTokenSource(Longest, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        var stored = await content.StoreAsync(database, backup, both.Token);
        (backup.Status, backup.Error) = (BackupStatus.Completed, null);
        (backup.SizeBytes, backup.Sha256, backup.CompletedAt) = (stored.Length, stored.Sha256, clock.GetUtcNow());
        try
        {
            await EndAsync(backup, ScheduledBackupStatus.Completed, ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            await content.DeleteAsync(backup, CancellationToken.None); // the row was removed meanwhile, or a later attempt has it
            return;
        }

        if (backup.Type == BackupType.Scheduled)
            await RetainAsync(database, ct);
    }

    /// <summary>Says that it failed for good.</summary>
    public async Task FailAsync(Guid id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { IsLive: true } backup)
            return;
        (backup.Status, backup.Error) = (BackupStatus.Failed, Failed);
        var former = Renew(backup);
        await EndAsync(backup, ScheduledBackupStatus.Failed, ct);
        await content.DeleteAsync(former, ct);
    }

    /// <summary>Deletes a batch of backups whose time is over; says how many.</summary>
    public async Task<int> DeleteExpiredAsync(int batch, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var expired = await db.DatabaseBackups
            .Where(backup => backup.ExpiresAt <= now && backup.Status != BackupStatus.Pending && backup.Status != BackupStatus.Running)
            .Where(backup => !db.Databases.Any(database => database.RestoringBackupId == backup.Id))
            .OrderBy(backup => backup.Id).Take(batch).ToListAsync(ct);
        await DeleteAsync(expired, ct);
        return expired.Count;
    }

    /// <summary>Deletes the backups of a database that goes, but for <paramref name="kept"/>.</summary>
    public async Task DeleteOfAsync(Guid databaseId, Guid? kept, CancellationToken ct) =>
        await DeleteAsync(await db.DatabaseBackups.Where(backup => backup.DatabaseId == databaseId && backup.Id != kept).ToListAsync(ct), ct);

    // What the schedule made beyond what it keeps.
    private async Task RetainAsync(ManagedDatabase database, CancellationToken ct)
    {
        var kept = (database.BackupSchedule ?? BackupSchedule.Default).RetentionCount;
        var surplus = await db.DatabaseBackups
            .Where(backup => backup.DatabaseId == database.Id && backup.Type == BackupType.Scheduled && backup.Status == BackupStatus.Completed)
            .OrderByDescending(backup => backup.CreatedAt).ThenByDescending(backup => backup.Id).Skip(kept).ToListAsync(ct);
        await DeleteAsync(surplus.FindAll(backup => backup.Id != database.RestoringBackupId), ct);
    }

    private async Task DeleteAsync(List<DatabaseBackup> backups, CancellationToken ct)
    {
        foreach (var backup in backups)
        {
            await content.DeleteAsync(backup, ct);
            db.Remove(backup);
        }

        await db.SaveChangesAsync(ct);
    }

    // Takes the backup from the attempt before this one; says what that one's content is called.
    private Guid Renew(DatabaseBackup backup)
    {
        var former = BackupFiles.ContentOf(backup);
        backup.ContentId = Guid.CreateVersion7(clock.GetUtcNow());
        return former;
    }

    private Task<DatabaseBackup?> FindAsync(Guid id, CancellationToken ct) => db.DatabaseBackups.SingleOrDefaultAsync(backup => backup.Id == id, ct);

    private async Task EndAsync(DatabaseBackup backup, ScheduledBackupStatus outcome, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        backup.UpdatedAt = now;
        await db.InTransactionAsync(
            async () =>
            {
                await db.SaveChangesAsync(ct);
                var database = db.Databases.Where(found => found.Id == backup.DatabaseId);
                if (backup.Status == BackupStatus.Completed)
                    await database.ExecuteUpdateAsync(set => set.SetProperty(found => found.LastBackupAt, now), ct);
                if (backup.Type == BackupType.Scheduled)
                    await database.ExecuteUpdateAsync(set => set.SetProperty(found => found.LastScheduledStatus, outcome), ct);
                return true;
            },
            ct);
    }
}
