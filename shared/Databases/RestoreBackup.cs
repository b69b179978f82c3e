using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Platform.Data;

namespace Platform.Databases;

/// <summary>Puts a backup into a database that waits for it. May run again after a crash, until the row says that it is over.</summary>
public sealed class RestoreBackup(PlatformDbContext db, BackupFiles content, DatabaseEngines engines, QueryTurns turns, TimeProvider clock, ILogger<RestoreBackup> log)
{
    private const string Failed = "The backup could not be restored";
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(70); // no query lasts longer
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public async Task RunAsync(Guid restoreId, Guid targetId, Guid backupId, CancellationToken ct)
    {
        if (await FindAsync(restoreId, targetId, ct) is not { } target)
            return;
        if (await db.DatabaseBackups.AsNoTracking().SingleOrDefaultAsync(found => found.Id == backupId, ct) is not { } backup || !await content.IsWholeAsync(backup, ct))
        {
            await EndAsync(target, BackupErrors.Corrupt.Message, ct);
            return;
        }

        var isNew = target.Status == DatabaseStatus.Creating;
        try
        {
            var made = await content.RestoreAsync(backup, target, quiet => EndQueriesAsync(targetId, quiet), ct);
            (target.SizeBytes, target.TableCount, target.EngineVersion) = (made.Size.SizeBytes, made.Size.TableCount, made.EngineVersion);
        }
        catch (BackupException refused)
        {
            await AbandonAsync(target, ct);
            await EndAsync(target, refused.Message, ct);
            return;
        }

        if (isNew)
            db.Raise(DatabaseCreated.Of(target));
        await EndAsync(target, error: null, ct);
    }

    /// <summary>Says that it failed for good: the old data serve again, and a new database is none.</summary>
    public async Task FailAsync(Guid restoreId, Guid targetId, CancellationToken ct)
    {
        if (await FindAsync(restoreId, targetId, ct) is not { } target)
            return;
        await AbandonAsync(target, ct);
        await EndAsync(target, Failed, ct);
    }

    private async Task AbandonAsync(ManagedDatabase target, CancellationToken ct)
    {
        try
        {
            await engines.Of(target).AbandonRestoreAsync(target, ct);
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            log.LogWarning(fault, "What a failed restore of database {DatabaseId} has left could not be removed; it goes with the database", target.Id);
        }
    }

    private async Task<ManagedDatabase?> FindAsync(Guid restoreId, Guid targetId, CancellationToken ct)
    {
        var target = await db.Databases.SingleOrDefaultAsync(
            database => database.Id == targetId && (database.Status == DatabaseStatus.Restoring || database.Status == DatabaseStatus.Creating), ct);
        return target?.LastRestore?.Id == restoreId ? target : null;
    }

    // The status keeps new ones away; those under way would go on with the old file.
    private async Task EndQueriesAsync(Guid databaseId, CancellationToken ct)
    {
        turns.End(databaseId);
        var began = clock.GetTimestamp();
        while (turns.RunningOn(databaseId) > 0)
        {
            if (clock.GetElapsedTime(began) > LongestWait)
                throw new BackupException("Queries that were running did not end");
            await Task.Delay(Pause, clock, ct);
        }
    }

    private async Task EndAsync(ManagedDatabase target, string? error, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var isNew = target.Status == DatabaseStatus.Creating;
        target.LastRestore = target.LastRestore! with { Status = error is null ? RestoreStatus.Succeeded : RestoreStatus.Failed, FinishedAt = now, Error = error };
        target.RestoringBackupId = null;
        target.Status = isNew && error is not null ? DatabaseStatus.Error : DatabaseStatus.Available;
        if (isNew && error is not null)
            target.Error = error;
        target.UpdatedAt = now;
        target.Version++;
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            await engines.Of(target).RemoveAsync(target.OrganizationId, target.Id, ct); // its organization or project was removed meanwhile
        }
    }
}
