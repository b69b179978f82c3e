using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Platform.Data;

namespace Platform.Databases;

/// <summary>Makes what was stored as <see cref="DatabaseStatus.Creating"/>. May run again after a crash: it begins anew as long as the row says so.</summary>
public sealed class ProvisionDatabase(PlatformDbContext db, DatabaseEngines engines, DatabaseAttempts attempts, ILogger<ProvisionDatabase> log)
{
    private const string Failed = "The database could not be created";

    public async Task RunAsync(Guid organizationId, Guid id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } database)
        {
            await RemoveOrphanAsync(organizationId, id, ct);
            return;
        }

        await attempts.TakeAsync(database, ct);
        var made = await engines.Of(database).CreateAsync(database, ready => attempts.DemandAsync(database, ready), ct);
        if (!made.IsOk)
        {
            await FailAsync(database, made.Error.Message, ct);
            return;
        }

        db.Raise(DatabaseCreated.Of(database));
        var isThere = await attempts.EndAsync(
            database,
            row =>
            {
                (row.SizeBytes, row.TableCount, row.EngineVersion) = (made.Value.Size.SizeBytes, made.Value.Size.TableCount, made.Value.EngineVersion);
                (row.Status, row.InitSql) = (DatabaseStatus.Available, null);
            },
            ct);
        if (!isThere)
            await engines.Of(database).RemoveAsync(organizationId, id, ct);
    }

    /// <summary>Gives up: what was made of it goes, the row says that there is nothing.</summary>
    public async Task FailAsync(Guid id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } database)
            return;
        await attempts.TakeAsync(database, ct);
        await FailAsync(database, Failed, ct);
    }

    // A process that died may have made it just when its organization or project was removed.
    private async Task RemoveOrphanAsync(Guid organizationId, Guid id, CancellationToken ct)
    {
        if (await db.Databases.AnyAsync(database => database.Id == id, ct))
            return;
        foreach (var engine in engines.All)
            await engine.RemoveAsync(organizationId, id, ct);
    }

    private Task<ManagedDatabase?> FindAsync(Guid id, CancellationToken ct) =>
        db.Databases.SingleOrDefaultAsync(database => database.Id == id && database.Status == DatabaseStatus.Creating, ct);

    private async Task FailAsync(ManagedDatabase database, string reason, CancellationToken ct)
    {
        await attempts.EndAsync(database, row => (row.Status, row.Error, row.InitSql) = (DatabaseStatus.Error, reason, null), ct);
        try
        {
            await engines.Of(database).RemoveAsync(database.OrganizationId, database.Id, ct);
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            log.LogWarning(fault, "What there is of database {DatabaseId} could not be removed; deleting it will do", database.Id);
        }
    }
}
