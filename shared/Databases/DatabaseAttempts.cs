using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Databases;

/// <summary>
/// Attempts to make or restore a database. The one that took it last has it: only that one may put anything in its place and say how it ended. One before it, on a node whose time stood still,
/// may go on late and comes to nothing.
/// </summary>
public sealed class DatabaseAttempts(PlatformDbContext db, TimeProvider clock)
{
    /// <summary>Takes the database from the attempt before this one.</summary>
    public async Task TakeAsync(ManagedDatabase database, CancellationToken ct)
    {
        database.AttemptId = Guid.CreateVersion7(clock.GetUtcNow());
        database.Version++;
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Throws a <see cref="LostAttemptException"/> when another attempt has taken the database, or it is over.</summary>
    public async Task DemandAsync(ManagedDatabase database, CancellationToken ct)
    {
        if (!await db.Databases.AnyAsync(row => row.Id == database.Id && row.AttemptId == database.AttemptId, ct))
            throw new LostAttemptException();
    }

    /// <summary>Stores how it ended, whatever else of the database has been changed meanwhile; false when it is there no more, since its organization or project was removed.</summary>
    public async Task<bool> EndAsync(ManagedDatabase database, Action<ManagedDatabase> end, CancellationToken ct)
    {
        var attempt = database.AttemptId;
        while (true)
        {
            end(database);
            database.AttemptId = null;
            database.UpdatedAt = clock.GetUtcNow();
            database.Version++;
            try
            {
                await db.SaveChangesAsync(ct);
                return true;
            }
            catch (DbUpdateConcurrencyException)
            {
                await db.Entry(database).ReloadAsync(ct);
                if (db.Entry(database).State == EntityState.Detached)
                    return false;
                if (database.AttemptId != attempt)
                    throw new LostAttemptException();
            }
        }
    }
}

/// <summary>Another attempt has the database.</summary>
public sealed class LostAttemptException() : Exception("Another attempt has taken the database");
