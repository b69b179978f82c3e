namespace Platform.Databases;

/// <summary>The durable orchestration that makes a backup.</summary>
public static class DatabaseBackupRun
{
    public const string Name = "DatabaseBackup";

    public static string InstanceId(Guid backupId) => $"db-backup-{backupId}";

    public sealed record Input(Guid OrganizationId, Guid BackupId, string? CorrelationId);
}

/// <summary>The durable orchestration that puts a backup into a database.</summary>
public static class DatabaseRestore
{
    public const string Name = "DatabaseRestore";

    public static string InstanceId(Guid restoreId) => $"db-restore-{restoreId}";

    /// <param name="SafetyBackupId">To be made first, of the data that are replaced.</param>
    public sealed record Input(Guid OrganizationId, Guid RestoreId, Guid TargetId, Guid BackupId, Guid? SafetyBackupId, string? CorrelationId);
}
