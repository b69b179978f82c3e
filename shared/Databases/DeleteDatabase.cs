using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;
using Platform.Workflows;

namespace Platform.Databases;

/// <summary>Takes a database out of use and starts the orchestration that removes it.</summary>
public sealed class DeleteDatabase(PlatformDbContext db, DatabaseQueries databases, IWorkflows workflows, CallerScope scope, TimeProvider clock)
{
    /// <summary>From then on it answers no query. Again is fine while it is being deleted.</summary>
    public async Task<Result<Nothing>> DeleteAsync(ManagedDatabase database, CancellationToken ct)
    {
        if (database.Status == DatabaseStatus.Deleting)
            return default(Nothing);
        if (await databases.CheckProjectAsync(database, ct) is { } archived)
            return archived;
        if (database.DeletionProtection)
            return DatabaseErrors.DeletionProtected;
        if (database.Status is DatabaseStatus.Creating or DatabaseStatus.Restoring)
            return DatabaseErrors.Busy;
        Begin(database);
        await db.SaveChangesAsync(ct);
        return default(Nothing);
    }

    /// <summary>Notes another attempt; the caller saves.</summary>
    internal void Begin(ManagedDatabase database)
    {
        database.Status = DatabaseStatus.Deleting;
        database.DeletionAttempts++;
        database.UpdatedAt = clock.GetUtcNow();
        database.Version++;
        workflows.Start(
            DatabaseDeletion.Name, DatabaseDeletion.InstanceId(database.Id, database.DeletionAttempts), new DatabaseDeletion.Input(database.OrganizationId, database.Id, scope.CorrelationId));
    }
}
