using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Databases;

/// <summary>Removes a database in <see cref="DatabaseStatus.Deleting"/>: itself, its backups but for the last, then its row. Each step may be repeated.</summary>
public sealed class RemoveDatabase(PlatformDbContext db, DatabaseEngines engines, MakeBackup backups, QueryTurns turns, TimeProvider clock)
{
    private const string Failed = "The database could not be deleted; it is tried again";

    public async Task RunAsync(Guid id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } database)
            return;
        turns.End(id);
        await engines.Of(database).RemoveAsync(database.OrganizationId, id, ct);
        await backups.DeleteOfAsync(id, database.FinalBackupId, ct);
        db.Remove(database);
        db.Raise(DatabaseDeleted.Of(database));
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Says that an attempt has failed for good; <see cref="DatabaseSweep"/> begins the next.</summary>
    public async Task FailAsync(Guid id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } database)
            return;
        (database.Status, database.Error) = (DatabaseStatus.Error, Failed);
        database.UpdatedAt = clock.GetUtcNow();
        database.Version++;
        await db.SaveChangesAsync(ct);
    }

    private Task<ManagedDatabase?> FindAsync(Guid id, CancellationToken ct) => db.Databases.Include(database => database.Tags)
        .SingleOrDefaultAsync(database => database.Id == id && database.Status == DatabaseStatus.Deleting, ct);
}
