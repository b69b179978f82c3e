using Platform.Data;

namespace Platform.Databases;

public enum DatabaseEngine
{
    /// <summary>A file of its own on this installation.</summary>
    Sqlite,
    Postgresql,
}

public enum DatabaseStatus
{
    Creating,
    Available,
    Updating,
    Restoring,
    Deleting,
    Error,
}

/// <summary>A database that the platform keeps for a project. Names are unique in a project. Only <see cref="DatabaseStatus.Available"/> answers queries.</summary>
public sealed class ManagedDatabase : IProjectOwned
{
    private static readonly TimeSpan LeastMaking = TimeSpan.FromSeconds(30);

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ProjectId { get; init; }

    public required string Name { get; set; }

    public string? Description { get; set; }

    public required DatabaseEngine Engine { get; init; }

    /// <summary>Of the program that made it; null until then.</summary>
    public string? EngineVersion { get; set; }

    public required DatabaseStatus Status { get; set; }

    /// <summary>Refuses SQL that writes, whoever sends it.</summary>
    public bool ReadOnly { get; set; }

    public bool DeletionProtection { get; set; }

    /// <summary>Mebibytes, 1–10240.</summary>
    public required int MaxSizeMb { get; set; }

    /// <summary>Connections of clients, 1–50; of no use to a database that is reached through the platform only.</summary>
    public required int MaxConnections { get; set; }

    /// <summary>Longest time that one query may take, 100–60000 ms.</summary>
    public required int StatementTimeoutMs { get; set; }

    public List<DatabaseTag> Tags { get; init; } = [];

    /// <summary>Passwords of the engine's own roles, sealed; null where it has none.</summary>
    public string? Credentials { get; set; }

    /// <summary>SQL that runs once when it is made; gone afterwards.</summary>
    public string? InitSql { get; set; }

    /// <summary>Bytes, as of the last change that is known of.</summary>
    public long SizeBytes { get; set; }

    public int TableCount { get; set; }

    /// <summary>Why it is in <see cref="DatabaseStatus.Error"/>; shown to its users.</summary>
    public string? Error { get; set; }

    /// <summary>How often its deletion was begun; from the first time on it cannot come back.</summary>
    public int DeletionAttempts { get; set; }

    /// <summary>Null until somebody sets one.</summary>
    public BackupSchedule? BackupSchedule { get; private set; }

    /// <summary>Null while no schedule is switched on.</summary>
    public DateTimeOffset? NextBackupAt { get; private set; }

    public DateTimeOffset? LastBackupAt { get; set; }

    public DateTimeOffset? LastScheduledAt { get; set; }

    public ScheduledBackupStatus? LastScheduledStatus { get; set; }

    public LastRestore? LastRestore { get; set; }

    /// <summary>The attempt that makes or restores it; null when none does. See <see cref="DatabaseAttempts"/>.</summary>
    public Guid? AttemptId { get; set; }

    /// <summary>What is being put into it.</summary>
    public Guid? RestoringBackupId { get; set; }

    /// <summary>To be made before it is deleted.</summary>
    public Guid? FinalBackupId { get; set; }

    public Guid? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public long Version { get; set; }

    /// <summary>It has more than it may; it takes no SQL that writes then.</summary>
    public bool IsOverSize => SizeBytes > MaxSizeMb * 1024L * 1024L;

    public TimeSpan StatementTimeout => TimeSpan.FromMilliseconds(StatementTimeoutMs);

    /// <summary>What a statement may take while the database is made: a limit that is meant for its use would fail it on a busy server.</summary>
    public TimeSpan MakingTimeout => StatementTimeout > LeastMaking ? StatementTimeout : LeastMaking;

    public void Schedule(BackupSchedule schedule, DateTimeOffset now)
    {
        BackupSchedule = schedule;
        NextBackupAt = schedule.Enabled ? schedule.After(now, 1).Select(time => (DateTimeOffset?)time).FirstOrDefault() : null;
    }

    public void Tag(IReadOnlyDictionary<string, string> tags)
    {
        Tags.RemoveAll(tag => !tags.ContainsKey(tag.Key));
        foreach (var (key, value) in tags)
        {
            if (Tags.Find(tag => tag.Key == key) is { } tag)
                tag.Value = value;
            else
                Tags.Add(new DatabaseTag { DatabaseId = Id, Key = key, Value = value });
        }
    }
}

/// <summary>A word that users give to a database, to find it by.</summary>
[PlatformScoped]
public sealed class DatabaseTag
{
    public required Guid DatabaseId { get; init; }

    public required string Key { get; init; }

    public required string Value { get; set; }
}
