using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Platform.Data;

namespace Platform.Databases;

/// <summary>Puts a backup into a database that waits for it. May run again after a crash, until the row says that it is over.</summary>
public sealed class RestoreBackup(
    PlatformDbContext db, BackupFiles content, DatabaseEngines engines, DatabaseAttempts attempts, QueryTurns turns, TimeProvider clock, ILogger<RestoreBackup> log)
{
    private const string Failed = "The backup could not be restored";
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(70); // no query lasts longer
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public async Task RunAsync(Guid restoreId, Guid targetId, Guid backupId, CancellationToken ct)
    {
        if (await FindAsync(restoreId, targetId, ct) is not { } target)
            return;
        await attempts.TakeAsync(target, ct);
        if (await db.DatabaseBackups.AsNoTracking().SingleOrDefaultAsync(found => found.Id == backupId, ct) is not { } backup || !await content.IsWholeAsync(backup, ct))
        {
            await EndAsync(target, made: null, BackupErrors.Corrupt.Message, ct);
            return;
        }

        await attempts.DemandAsync(target, ct); // to read all of it has taken a while
        MadeDatabase made;
        try
        {
            made = await content.RestoreAsync(backup, target, ready => GetReadyAsync(target, ready), ct);
        }
        catch (BackupException refused)
        {
            await attempts.DemandAsync(target, ct);
            await AbandonAsync(target, ct);
            await EndAsync(target, made: null, refused.Message, ct);
            return;
        }

        if (target.Status == DatabaseStatus.Creating)
            db.Raise(DatabaseCreated.Of(target));
        await EndAsync(target, made, error: null, ct);
    }

    /// <summary>Says that it failed for good: the old data serve again, and a new database is none.</summary>
    public async Task FailAsync(Guid restoreId, Guid targetId, CancellationToken ct)
    {
        if (await FindAsync(restoreId, targetId, ct) is not { } target)
            return;
        await attempts.TakeAsync(target, ct);
        await AbandonAsync(target, ct);
        await EndAsync(target, made: null, Failed, ct);
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

    // The status keeps new queries away; those under way would go on with the old file.
    private async Task GetReadyAsync(ManagedDatabase target, CancellationToken ct)
    {
        turns.End(target.Id);
        var began = clock.GetTimestamp();
        while (turns.RunningOn(target.Id) > 0)
        {
            if (clock.GetElapsedTime(began) > LongestWait)
                throw new BackupException("Queries that were running did not end");
            await Task.Delay(Pause, clock, ct);
        }

        await attempts.DemandAsync(target, ct);
    }

    private async Task EndAsync(ManagedDatabase target, MadeDatabase? made, string? error, CancellationToken ct)
    {
        var isThere = await attempts.EndAsync(target, row => End(row, made, error), ct);
        if (!isThere)
            await engines.Of(target).RemoveAsync(target.OrganizationId, target.Id, ct);
    }

    private void End(ManagedDatabase target, MadeDatabase? made, string? error)
    {
        target.LastRestore = target.LastRestore! with { Status = error is null ? RestoreStatus.Succeeded : RestoreStatus.Failed, FinishedAt = clock.GetUtcNow(), Error = error };
        target.RestoringBackupId = null;
        if (made is not null)
            (target.SizeBytes, target.TableCount, target.EngineVersion) = (made.Size.SizeBytes, made.Size.TableCount, made.EngineVersion);
        var isNone = error is not null && target.Status == DatabaseStatus.Creating;
        (target.Status, target.Error) = isNone ? (DatabaseStatus.Error, error) : (DatabaseStatus.Available, target.Error);
    }
}
