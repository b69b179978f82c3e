using Platform.Data;

namespace Platform.Databases;

public enum BackupType
{
    /// <summary>Somebody asked for it, or it is the last one of a database that was deleted.</summary>
    Manual,
    Scheduled,

    /// <summary>Of the data that a restore replaced.</summary>
    PreRestore,
}

public enum BackupStatus
{
    Pending,
    Running,
    Completed,
    Failed,
}

public enum BackupFormat
{
    /// <summary>The database's file, compressed by gzip.</summary>
    Sqlite,
    PgCustom,
}

/// <summary>A copy of a database in the blob store. One of a database at a time is made. The last one may outlive its database.</summary>
public sealed class DatabaseBackup : IProjectOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ProjectId { get; init; }

    public required Guid DatabaseId { get; init; }

    public string? Name { get; init; }

    public required BackupType Type { get; init; }

    public required BackupStatus Status { get; set; }

    public required BackupFormat Format { get; init; }

    public required string EngineVersion { get; init; }

    /// <summary>Names the content of the attempt that makes it, or has made it. Whoever has lost it to a later attempt may not write the result. Null: the backup's own id does.</summary>
    public Guid? ContentId { get; set; }

    /// <summary>Bytes as stored.</summary>
    public long? SizeBytes { get; set; }

    /// <summary>Of the stored bytes, lower-case hex.</summary>
    public string? Sha256 { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? CompletedAt { get; set; }

    /// <summary>When it is deleted; null: with its database.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Why it failed; shown to its users.</summary>
    public string? Error { get; set; }

    public Guid? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public bool IsLive => Status is BackupStatus.Pending or BackupStatus.Running;
}
