using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Data;
using Platform.Idempotency;
using Platform.Organizations;
using Platform.Workflows;

namespace Platform.Databases;

/// <summary>Stores a new database and starts the orchestration that makes it.</summary>
public sealed class CreateDatabase(
    PlatformDbContext db, DatabaseFactory factory, DatabaseQueries databases, IWorkflows workflows, AuditTrail audit, IdempotentRequest idempotency, IOptions<DatabaseOptions> options)
{
    /// <summary>The database in <see cref="DatabaseStatus.Creating"/>.</summary>
    /// <param name="answer">What the caller will be told; kept for repetitions of his request, so without secrets.</param>
    public async Task<Result<ManagedDatabase>> CreateAsync(
        Guid projectId, NewDatabase wanted, string? correlationId, Func<ManagedDatabase, Task<object>> answer, CancellationToken ct)
    {
        if (!factory.Offers(wanted.Engine))
            return DatabaseErrors.EngineUnavailable;
        if (await databases.CheckProjectAsync(projectId, ct) is { } archived)
            return archived;
        var database = await factory.NewAsync(db.Caller.OrganizationId!.Value, projectId, wanted, ct);
        var told = await answer(database);
        try
        {
            return await db.InTransactionAsync(() => InsertAsync(database, correlationId, told, ct), ct);
        }
        catch (DbUpdateException fault) when (fault.IsUniqueViolation())
        {
            return DatabaseErrors.NameTaken;
        }
    }

    /// <summary>Adds it to the unit of work, a transaction, if its project has room for it.</summary>
    internal async Task<Result<ManagedDatabase>> AddAsync(ManagedDatabase database, CancellationToken ct)
    {
        if (!await db.LockProjectAsync(database.ProjectId, ct))
            return DatabaseErrors.ProjectNotFound;
        if (await db.Databases.AnyAsync(other => other.ProjectId == database.ProjectId && other.Name == database.Name, ct))
            return DatabaseErrors.NameTaken;
        if (await db.Databases.CountAsync(other => other.ProjectId == database.ProjectId, ct) >= options.Value.MaxPerProject)
            return DatabaseErrors.LimitReached(options.Value.MaxPerProject);
        db.Add(database);
        return database;
    }

    private async Task<Result<ManagedDatabase>> InsertAsync(ManagedDatabase database, string? correlationId, object answer, CancellationToken ct)
    {
        var added = await AddAsync(database, ct);
        if (!added.IsOk)
            return added;
        audit.Target("database", database.Id, database.Name);
        workflows.Start(DatabaseProvision.Name, DatabaseProvision.InstanceId(database.Id), new DatabaseProvision.Input(database.OrganizationId, database.Id, correlationId));
        idempotency.Complete(answer);
        await db.SaveChangesAsync(ct);
        return database;
    }
}
