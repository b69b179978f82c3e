using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;

namespace Platform.Databases;

/// <summary>Keeps the sizes that the rows tell up to date, and begins deletions again that failed for good, and deletes expired backups. Bounded work per run; safe on several nodes.</summary>
public sealed class DatabaseSweep(IServiceScopeFactory scopes, DatabaseSeries series, DatabaseReady ready, TimeProvider clock)
{
    private const int Batch = 200;
    private const int MostBatches = 50;
    private static readonly TimeSpan LeftAlone = TimeSpan.FromMinutes(10);

    public async Task RunAsync(CancellationToken ct)
    {
        if (!ready.IsReady)
            return;
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var (db, delete) = (scope.ServiceProvider.GetRequiredService<PlatformDbContext>(), scope.ServiceProvider.GetRequiredService<DeleteDatabase>());
        await DeleteAgainAsync(db, delete, ct);
        await MeasureAsync(db, scope.ServiceProvider.GetRequiredService<DatabaseEngines>(), ct);
        await scope.ServiceProvider.GetRequiredService<MakeBackup>().DeleteExpiredAsync(Batch, ct);
    }

    private async Task DeleteAgainAsync(PlatformDbContext db, DeleteDatabase delete, CancellationToken ct)
    {
        var before = clock.GetUtcNow() - LeftAlone;
        var stuck = await db.Databases.Where(database => database.Status == DatabaseStatus.Error && database.DeletionAttempts > 0 && database.UpdatedAt < before)
            .OrderBy(database => database.Id).Take(Batch).ToListAsync(ct);
        foreach (var database in stuck)
            delete.Begin(database);
        await db.SaveChangesAsync(ct);
    }

    // Queries that write say what they leave; what they did not live to say is found here.
    private async Task MeasureAsync(PlatformDbContext db, DatabaseEngines engines, CancellationToken ct)
    {
        var after = Guid.Empty;
        for (var batch = 0; batch < MostBatches; batch++)
        {
            var rows = await db.Databases.AsNoTracking().Where(database => database.Status == DatabaseStatus.Available && database.Id > after)
                .OrderBy(database => database.Id).Take(Batch).ToListAsync(ct);
            foreach (var ofEngine in rows.GroupBy(row => row.Engine))
                await MeasureAsync(db, engines.Of(ofEngine.Key), [.. ofEngine], ct);
            if (rows.Count < Batch)
                return;
            after = rows[^1].Id;
        }
    }

    private async Task MeasureAsync(PlatformDbContext db, IDatabaseEngine engine, IReadOnlyList<ManagedDatabase> rows, CancellationToken ct)
    {
        var sizes = await engine.MeasureAsync(rows, ct);
        foreach (var row in rows)
        {
            if (!sizes.TryGetValue(row.Id, out var size))
                continue;
            series.Measured(row, size);
            if (size != row.SizeBytes)
                await db.StoreSizeAsync(row, new DatabaseSize(size, row.TableCount), ct);
        }
    }
}
