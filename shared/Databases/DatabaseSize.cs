using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Databases;

/// <summary>How large a database is: bytes, and tables.</summary>
public sealed record DatabaseSize(long SizeBytes, int TableCount);

internal static class DatabaseSizes
{
    /// <summary>Notes the size in the row. It is no change of the database's settings, so its version stays.</summary>
    public static Task<int> StoreSizeAsync(this PlatformDbContext db, ManagedDatabase database, DatabaseSize size, CancellationToken ct) => db.InTransactionAsync(
        () => db.Databases.Where(row => row.Id == database.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.SizeBytes, size.SizeBytes).SetProperty(row => row.TableCount, size.TableCount), ct),
        ct);
}
