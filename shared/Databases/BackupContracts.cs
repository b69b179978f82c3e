using System.ComponentModel.DataAnnotations;

namespace Platform.Databases;

/// <summary>Body of <c>POST /api/databases/{databaseId}/backups</c>.</summary>
public sealed record NewBackup
{
    [StringLength(100)]
    [PlainText]
    public string? Name { get; init => field = value?.Trim(); }

    /// <summary>Absent: kept as long as the database.</summary>
    [Range(1, 365)]
    public int? ExpiresInDays { get; init; }
}

/// <summary>Query of <c>GET /api/databases/{databaseId}/backups</c>.</summary>
public sealed record BackupFilter
{
    /// <summary>Any of these types.</summary>
    public IReadOnlyList<BackupType> Type { get; init; } = [];

    /// <summary>Any of these states.</summary>
    public IReadOnlyList<BackupStatus> Status { get; init; } = [];

    /// <summary>Newest first by default; a minus sorts descending.</summary>
    [AllowedValues("createdAt", "-createdAt", "sizeBytes", "-sizeBytes")]
    public string Sort { get; init; } = "-createdAt";

    /// <summary>Size of the page.</summary>
    [Range(1, 200)]
    public int Limit { get; init; } = 50;

    /// <summary>Matches before the page.</summary>
    [Range(0, int.MaxValue)]
    public int Offset { get; init; }
}

public enum RestoreMode
{
    /// <summary>The database gets the data of the backup.</summary>
    InPlace,

    /// <summary>A new database does.</summary>
    New,
}

/// <summary>Body of <c>POST /api/databases/{databaseId}/backups/{backupId}/restore</c>.</summary>
public sealed record NewRestore : IValidatableObject
{
    public RestoreMode Mode { get; init; }

    /// <summary>Of the new database.</summary>
    [RegularExpression(DatabaseForm.NamePattern)]
    public string? Name { get; init => field = value?.Trim(); }

    /// <summary>Back up first what is replaced; kept for 7 days.</summary>
    public bool SafetyBackup { get; init; } = true;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Mode == RestoreMode.New && Name is null)
            yield return new ValidationResult("Field required", [nameof(Name)]);
    }
}

public enum RestoreStatus
{
    Running,
    Succeeded,
    Failed,
}

/// <summary>The last time that a backup was put into a database.</summary>
public sealed record LastRestore(Guid Id, Guid BackupId, RestoreStatus Status, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, string? Error);
