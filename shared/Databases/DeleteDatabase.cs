using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;
using Platform.Workflows;

namespace Platform.Databases;

/// <summary>Takes a database out of use and starts the orchestration that removes it.</summary>
public sealed class DeleteDatabase(PlatformDbContext db, DatabaseQueries databases, StartBackup backups, IWorkflows workflows, CallerScope scope, TimeProvider clock)
{
    private const string FinalName = "final";
    private const int FinalDays = 7;

    /// <summary>From then on it answers no query. Again is fine while it is being deleted.</summary>
    /// <param name="finalBackup">Make a last backup first, which is kept for 7 days.</param>
    public async Task<Result<Nothing>> DeleteAsync(ManagedDatabase database, bool finalBackup, CancellationToken ct)
    {
        if (database.Status == DatabaseStatus.Deleting)
            return default(Nothing);
        if (await databases.CheckProjectAsync(database.ProjectId, ct) is { } archived)
            return archived;
        if (database.DeletionProtection)
            return DatabaseErrors.DeletionProtected;
        if (database.Status is DatabaseStatus.Creating or DatabaseStatus.Restoring)
            return DatabaseErrors.Busy;
        if (finalBackup && database.Status != DatabaseStatus.Available)
            return DatabaseErrors.NotAvailable(database.Status);
        if (finalBackup && await backups.IsLiveAsync(database.Id, ct))
            return BackupErrors.InProgress;
        if (finalBackup)
            database.FinalBackupId = backups.Add(database, BackupType.Manual, FinalName, FinalDays).Id;
        Begin(database);
        try
        {
            await db.SaveChangesAsync(ct);
            return default(Nothing);
        }
        catch (DbUpdateException fault) when (fault.IsUniqueViolation())
        {
            return BackupErrors.InProgress;
        }
    }

    /// <summary>Notes another attempt; the caller saves.</summary>
    internal void Begin(ManagedDatabase database)
    {
        database.Status = DatabaseStatus.Deleting;
        database.DeletionAttempts++;
        database.UpdatedAt = clock.GetUtcNow();
        database.Version++;
        workflows.Start(
            DatabaseDeletion.Name, DatabaseDeletion.InstanceId(database.Id, database.DeletionAttempts), new DatabaseDeletion.Input(database.OrganizationId, database.Id, database.FinalBackupId, scope.CorrelationId));
    }
}
