using Platform.Databases;

namespace Platform.Functions.Databases;

/// <summary>A managed database.</summary>
public sealed record DatabaseView
{
    public required Guid Id { get; init; }

    public required Guid ProjectId { get; init; }

    public required string Name { get; init; }

    public required string? Description { get; init; }

    public required DatabaseEngine Engine { get; init; }

    /// <summary>Null until it is made.</summary>
    public required string? EngineVersion { get; init; }

    public required DatabaseStatus Status { get; init; }

    public required bool ReadOnly { get; init; }

    public required bool DeletionProtection { get; init; }

    /// <summary>Mebibytes.</summary>
    public required int MaxSizeMb { get; init; }

    public required int MaxConnections { get; init; }

    /// <summary>Milliseconds that one query may take.</summary>
    public required int StatementTimeoutMs { get; init; }

    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    public required DatabaseConnection Connection { get; init; }

    public required long SizeBytes { get; init; }

    public required int TableCount { get; init; }

    public required DateTimeOffset? LastBackupAt { get; init; }

    public required LastRestore? LastRestore { get; init; }

    public required BackupScheduleView? BackupSchedule { get; init; }

    /// <summary>Why its status is <c>error</c>.</summary>
    public required string? Error { get; init; }

    public required Guid? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public static DatabaseView Of(ManagedDatabase database, DatabaseConnection connection) => new()
    {
        Id = database.Id,
        ProjectId = database.ProjectId,
        Name = database.Name,
        Description = database.Description,
        Engine = database.Engine,
        EngineVersion = database.EngineVersion,
        Status = database.Status,
        ReadOnly = database.ReadOnly,
        DeletionProtection = database.DeletionProtection,
        MaxSizeMb = database.MaxSizeMb,
        MaxConnections = database.MaxConnections,
        StatementTimeoutMs = database.StatementTimeoutMs,
        Tags = database.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).ToDictionary(tag => tag.Key, tag => tag.Value),
        Connection = connection,
        SizeBytes = database.SizeBytes,
        TableCount = database.TableCount,
        LastBackupAt = database.LastBackupAt,
        LastRestore = database.LastRestore,
        BackupSchedule = BackupScheduleView.Of(database),
        Error = database.Error,
        CreatedBy = database.CreatedBy,
        CreatedAt = database.CreatedAt,
        UpdatedAt = database.UpdatedAt,
    };

}

/// <summary>Makes views of databases.</summary>
public sealed class DatabaseViews(DatabaseEngines engines)
{
    /// <summary>Shows a database; with <paramref name="reveal"/> its password in clear.</summary>
    public async Task<DatabaseView> OfAsync(ManagedDatabase database, CancellationToken ct, bool reveal = false) =>
        DatabaseView.Of(database, await engines.Of(database).DescribeAsync(database, reveal, ct));
}

/// <summary>Answer to a deletion; <c>deleting</c> when it goes on in the background.</summary>
public sealed record DatabaseDeletedView(Guid Id, string Status);
