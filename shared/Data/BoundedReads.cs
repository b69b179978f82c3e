using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Platform.Data;

/// <summary>Reads whose size the caller chooses, cut off after a time.</summary>
internal static class BoundedReads
{
    private const int SqliteInterrupt = 9;

    /// <summary>
    /// Runs the read with a token that ends after <paramref name="longest"/>; a read that is cut off answers with <paramref name="late"/>. On SQLite running
    /// statements stop as well.
    /// </summary>
    public static async Task<Result<T>> ReadWithinAsync<T>(
        this PlatformDbContext db, TimeSpan longest, Error late, TimeProvider clock, Func<CancellationToken, Task<Result<T>>> read, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(longest, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        var sqlite = db.Database.GetDbConnection() as SqlitePooledConnection;
        if (sqlite is not null)
            sqlite.CutOff = both.Token;
        try
        {
            return await read(both.Token);
        }
        catch (Exception cut) when (cut is OperationCanceledException or SqliteException { SqliteErrorCode: SqliteInterrupt })
        {
            ct.ThrowIfCancellationRequested();
            if (!limit.IsCancellationRequested)
                throw;
            return late;
        }
        finally
        {
            if (sqlite is not null)
                sqlite.CutOff = default;
        }
    }
}
