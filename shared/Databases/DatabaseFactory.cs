using Platform.Data;

namespace Platform.Databases;

/// <summary>Makes the rows of new databases.</summary>
public sealed class DatabaseFactory(PlatformDbContext db, DatabaseEngines engines, TimeProvider clock)
{
    internal DateTimeOffset Now => clock.GetUtcNow();

    public bool Offers(DatabaseEngine kind) => engines.Of(kind).IsOffered;

    /// <summary>A database in <see cref="DatabaseStatus.Creating"/>, with its credentials; who adds it to the unit of work sees to it that it is made.</summary>
    public async Task<ManagedDatabase> NewAsync(Guid organizationId, Guid projectId, NewDatabase wanted, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var engine = engines.Of(wanted.Engine);
        var database = new ManagedDatabase
        {
            Id = Guid.CreateVersion7(now),
            OrganizationId = organizationId,
            ProjectId = projectId,
            Name = wanted.Name,
            Description = wanted.Description is { Length: > 0 } text ? text : null,
            Engine = wanted.Engine,
            Status = DatabaseStatus.Creating,
            ReadOnly = wanted.ReadOnly,
            DeletionProtection = wanted.DeletionProtection,
            MaxSizeMb = wanted.MaxSizeMb ?? engine.DefaultMaxSizeMb,
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
        await engine.RenewPasswordAsync(database, ct);
        return database;
    }

    /// <summary>Another database like this one, for its data.</summary>
    public Task<ManagedDatabase> CopyAsync(ManagedDatabase database, string name, CancellationToken ct) => NewAsync(
        database.OrganizationId,
        database.ProjectId,
        new NewDatabase
        {
            Name = name,
            Description = database.Description,
            Engine = database.Engine,
            MaxSizeMb = database.MaxSizeMb,
            MaxConnections = database.MaxConnections,
            StatementTimeoutMs = database.StatementTimeoutMs,
            Tags = database.Tags.ToDictionary(tag => tag.Key, tag => tag.Value),
        },
        ct);
}
