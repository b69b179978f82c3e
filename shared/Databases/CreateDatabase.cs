using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Data;
using Platform.Idempotency;
using Platform.Identity;
using Platform.Organizations;
using Platform.Workflows;

namespace Platform.Databases;

/// <summary>Stores a new database and starts the orchestration that makes it.</summary>
public sealed class CreateDatabase(
    PlatformDbContext db, IWorkflows workflows, AuditTrail audit, IdempotentRequest idempotency, IOptions<DatabaseOptions> options, CallerScope scope, TimeProvider clock)
{
    /// <summary>The database in <see cref="DatabaseStatus.Creating"/>.</summary>
    /// <param name="answer">What the caller will be told; kept for repetitions of his request.</param>
    public async Task<Result<ManagedDatabase>> CreateAsync(ProjectPlace project, NewDatabase wanted, Func<ManagedDatabase, object> answer, CancellationToken ct)
    {
        if (wanted.Engine != DatabaseEngine.Sqlite)
            return DatabaseErrors.EngineUnavailable;
        if (project.Status == ProjectStatus.Archived)
            return DatabaseErrors.ProjectArchived;
        var database = New(project, wanted);
        try
        {
            return await db.InTransactionAsync(() => InsertAsync(database, answer, ct), ct);
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

    private async Task<Result<ManagedDatabase>> InsertAsync(ManagedDatabase database, Func<ManagedDatabase, object> answer, CancellationToken ct)
    {
        var added = await AddAsync(database, ct);
        if (!added.IsOk)
            return added;
        audit.Target("database", database.Id, database.Name);
        workflows.Start(DatabaseProvision.Name, DatabaseProvision.InstanceId(database.Id), new DatabaseProvision.Input(database.OrganizationId, database.Id, scope.CorrelationId));
        idempotency.Complete(answer(database));
        await db.SaveChangesAsync(ct);
        return database;
    }

    private ManagedDatabase New(ProjectPlace project, NewDatabase wanted)
    {
        var now = clock.GetUtcNow();
        var database = new ManagedDatabase
        {
            Id = Guid.CreateVersion7(now),
            OrganizationId = project.OrganizationId,
            ProjectId = project.Id,
            Name = wanted.Name,
            Description = wanted.Description is { Length: > 0 } text ? text : null,
            Engine = wanted.Engine,
            Status = DatabaseStatus.Creating,
            ReadOnly = wanted.ReadOnly,
            DeletionProtection = wanted.DeletionProtection,
            MaxSizeMb = wanted.MaxSizeMb ?? options.Value.SqliteMaxSizeMb,
            MaxConnections = wanted.MaxConnections,
            StatementTimeoutMs = wanted.StatementTimeoutMs,
            InitSql = wanted.InitSql,
            CreatedBy = db.Caller.UserId,
            CreatedAt = now,
            UpdatedAt = now,
            Version = 1,
        };
        database.Tag(wanted.Tags ?? new Dictionary<string, string>());
        if (wanted.BackupSchedule is { } schedule)
            database.Schedule(BackupSchedule.Default.With(schedule), now);
        return database;
    }
}
