using Microsoft.EntityFrameworkCore;

namespace Platform.Data;

/// <summary>Writes whose loss does no harm.</summary>
internal static class RepeatableWrites
{
    /// <summary>
    /// As <see cref="PlatformDbContext.InTransactionAsync"/>, for work that is done again when the last of it is lost in a power failure: on SQLite its commit need not reach the disk
    /// before it returns; the next ordinary one takes it along.
    /// </summary>
    public static async Task<T> InRepeatableTransactionAsync<T>(this PlatformDbContext db, Func<Task<T>> body, CancellationToken ct)
    {
        if (db.Database.GetDbConnection() is not SqlitePooledConnection sqlite)
            return await db.InTransactionAsync(body, ct);
        var usual = sqlite.Durability;
        sqlite.Durability = SqliteDurability.Relaxed;
        try
        {
            return await db.InTransactionAsync(body, ct);
        }
        finally
        {
            sqlite.Durability = usual;
        }
    }
}
