namespace Platform.Databases;

/// <summary>Refusals about backups of databases.</summary>
public static class BackupErrors
{
    /// <summary>Why a restore failed.</summary>
    public const string TooLarge = "The backup is larger than the database may be";

    public static readonly Error NotFound = Error.NotFound("backup.not_found", "Backup not found");
    public static readonly Error InProgress = Error.Conflict("backup.backup_in_progress", "A backup of the database is being made");
    public static readonly Error InUse = Error.Conflict("backup.backup_in_use", "The backup is being restored");
    public static readonly Error NotCompleted = Error.Conflict("backup.backup_not_completed", "The backup is not completed");
    public static readonly Error Corrupt = Error.Conflict("backup.backup_corrupt", "The stored backup is not what was stored");
    public static readonly Error Expired = new(ErrorKind.Gone, "backup.gone", "The backup has expired");

    public static Error TooMany(int maximum) => Error.Conflict("backup.backup_limit", $"A database can have at most {maximum} manual backups");
}
