using Platform.Databases;

namespace Platform.Functions.Databases;

/// <summary>A backup of a database.</summary>
public sealed record BackupView
{
    public required Guid Id { get; init; }

    public required Guid DatabaseId { get; init; }

    public required string? Name { get; init; }

    public required BackupType Type { get; init; }

    public required BackupStatus Status { get; init; }

    public required BackupFormat Format { get; init; }

    /// <summary>Of the compressed content.</summary>
    public required long? SizeBytes { get; init; }

    /// <summary>Of the compressed content, in hex.</summary>
    public required string? Sha256 { get; init; }

    public required string EngineVersion { get; init; }

    public required DateTimeOffset? StartedAt { get; init; }

    public required DateTimeOffset? CompletedAt { get; init; }

    /// <summary>When it is deleted; null: with its database.</summary>
    public required DateTimeOffset? ExpiresAt { get; init; }

    public required string? Error { get; init; }

    public required long? DurationMs { get; init; }

    public required Guid? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public static BackupView Of(DatabaseBackup backup) => new()
    {
        Id = backup.Id,
        DatabaseId = backup.DatabaseId,
        Name = backup.Name,
        Type = backup.Type,
        Status = backup.Status,
        Format = backup.Format,
        SizeBytes = backup.SizeBytes,
        Sha256 = backup.Sha256,
        EngineVersion = backup.EngineVersion,
        StartedAt = backup.StartedAt,
        CompletedAt = backup.CompletedAt,
        ExpiresAt = backup.ExpiresAt,
        Error = backup.Error,
        DurationMs = backup is { StartedAt: { } start, CompletedAt: { } end } ? (long)(end - start).TotalMilliseconds : null,
        CreatedBy = backup.CreatedBy,
        CreatedAt = backup.CreatedAt,
        UpdatedAt = backup.UpdatedAt,
    };
}

/// <summary>A schedule of backups with its next and its last run.</summary>
public sealed record BackupScheduleView(
    bool Enabled, string Cron, string Timezone, int RetentionCount, int RetentionDays, DateTimeOffset? NextRunAt, DateTimeOffset? LastRunAt, ScheduledBackupStatus? LastStatus)
{
    /// <summary>Null for a database that never had one.</summary>
    public static BackupScheduleView? Of(ManagedDatabase database) => database.BackupSchedule is not { } schedule ? null : new BackupScheduleView(
        schedule.Enabled, schedule.Cron, schedule.Timezone, schedule.RetentionCount, schedule.RetentionDays, database.NextBackupAt, database.LastScheduledAt, database.LastScheduledStatus);
}

/// <summary>Answer to a change of the schedule; <paramref name="Preview"/> are the next five runs.</summary>
public sealed record ChangedScheduleView(
    bool Enabled,
    string Cron,
    string Timezone,
    int RetentionCount,
    int RetentionDays,
    DateTimeOffset? NextRunAt,
    DateTimeOffset? LastRunAt,
    ScheduledBackupStatus? LastStatus,
    IReadOnlyList<DateTimeOffset> Preview)
{
    private const int Shown = 5;

    public static ChangedScheduleView Of(ManagedDatabase database, DateTimeOffset now)
    {
        var schedule = database.BackupSchedule!;
        return new ChangedScheduleView(
            schedule.Enabled,
            schedule.Cron,
            schedule.Timezone,
            schedule.RetentionCount,
            schedule.RetentionDays,
            database.NextBackupAt,
            database.LastScheduledAt,
            database.LastScheduledStatus,
            [.. schedule.After(now, Shown)]);
    }
}

/// <summary>Answer to the deletion of a backup.</summary>
public sealed record BackupDeletedView(Guid Id, bool Deleted);
