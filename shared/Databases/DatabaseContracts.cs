using System.ComponentModel.DataAnnotations;

namespace Platform.Databases;

/// <summary>Limits and rules of the members of requests.</summary>
internal static class DatabaseForm
{
    public const string NamePattern = "[a-z][a-z0-9_-]{0,62}";
    public const int MaxInitSql = 64 * 1024;
    public const int MaxTags = 20;

    private const int MaxTagKey = 64;
    private const int MaxTagValue = 200;

    public static IEnumerable<ValidationResult> CheckTags(IReadOnlyDictionary<string, string>? tags)
    {
        if (tags is null)
            yield break;
        if (tags.Count > MaxTags)
            yield return new ValidationResult($"A database can have at most {MaxTags} tags", ["Tags"]);
        if (!tags.Keys.All(IsTagKey))
            yield return new ValidationResult($"Keys should begin with a letter or '_' and have at most {MaxTagKey} letters, digits, '_', '.' or '-'", ["Tags"]);
        if (!tags.Values.All(value => value is { Length: <= MaxTagValue } && !value.Any(char.IsControl)))
            yield return new ValidationResult($"Values should have at most {MaxTagValue} characters and no control characters", ["Tags"]);
    }

    private static bool IsTagKey(string key) =>
        key is { Length: > 0 and <= MaxTagKey } && (char.IsAsciiLetter(key[0]) || key[0] == '_') && key.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or '-');
}

/// <summary>Body of <c>POST /api/databases</c>.</summary>
public sealed record NewDatabase : IValidatableObject
{
    /// <summary>Unique in the project.</summary>
    [RegularExpression(DatabaseForm.NamePattern)]
    public required string Name { get; init => field = value.Trim(); }

    public DatabaseEngine Engine { get; init; } = DatabaseEngine.Sqlite;

    [StringLength(500)]
    [PlainText]
    public string? Description { get; init => field = value?.Trim(); }

    /// <summary>The project; absent: the active one.</summary>
    public string? ProjectId { get; init; }

    /// <summary>Mebibytes.</summary>
    [Range(1, 10_240)]
    public int? MaxSizeMb { get; init; }

    [Range(1, 50)]
    public int MaxConnections { get; init; } = 20;

    /// <summary>Longest time of a query in milliseconds.</summary>
    [Range(100, 60_000)]
    public int StatementTimeoutMs { get; init; } = 30_000;

    public bool ReadOnly { get; init; }

    public bool DeletionProtection { get; init; }

    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>When backups are made by themselves.</summary>
    public BackupScheduleChange? BackupSchedule { get; init; }

    /// <summary>SQL that makes the first tables; when it fails there is no database.</summary>
    [StringLength(DatabaseForm.MaxInitSql)]
    public string? InitSql { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => DatabaseForm.CheckTags(Tags);
}

/// <summary>Body of <c>PATCH /api/databases/{databaseId}</c>: absent members stay as they are.</summary>
public sealed record DatabaseChange : IValidatableObject
{
    [RegularExpression(DatabaseForm.NamePattern)]
    public string Name { get; init => field = Named(value?.Trim()!); } = null!; // null only when absent, like those below

    /// <summary>Null clears it.</summary>
    [StringLength(500)]
    [PlainText]
    public string? Description
    {
        get;
        init => (field, HasDescription, IsAny) = (value?.Trim(), true, true);
    }

    public bool ReadOnly { get; init => field = Named(value, v => NewReadOnly = v); }

    public bool DeletionProtection { get; init => field = Named(value, v => NewDeletionProtection = v); }

    /// <summary>Mebibytes; not below what the database has already.</summary>
    [Range(1, 10_240)]
    public int MaxSizeMb { get; init => field = Named(value, v => NewMaxSizeMb = v); } = 1;

    [Range(1, 50)]
    public int MaxConnections { get; init => field = Named(value, v => NewMaxConnections = v); } = 1;

    /// <summary>Longest time of a query in milliseconds.</summary>
    [Range(100, 60_000)]
    public int StatementTimeoutMs { get; init => field = Named(value, v => NewStatementTimeoutMs = v); } = 100;

    /// <summary>Replaces them all.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init => field = Named(value); } = null!;

    /// <summary>A new password, where the engine has one.</summary>
    public bool ResetPassword { get; init => field = Named(value); }

    /// <summary>As in <c>PATCH /api/databases/{databaseId}/backup-schedule</c>.</summary>
    public BackupScheduleChange BackupSchedule { get; init => field = Named(value); } = null!;

    internal bool HasDescription { get; private init; }

    internal bool? NewReadOnly { get; private set; }

    internal bool? NewDeletionProtection { get; private set; }

    internal int? NewMaxSizeMb { get; private set; }

    internal int? NewMaxConnections { get; private set; }

    internal int? NewStatementTimeoutMs { get; private set; }

    private bool IsAny { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => IsAny
        ? DatabaseForm.CheckTags(Tags)
        : [new ValidationResult("At least one member should be given")];

    private T Named<T>(T value, Action<T>? note = null)
    {
        IsAny = true;
        note?.Invoke(value);
        return value;
    }
}

/// <summary>Query of <c>GET /api/databases/{databaseId}</c>.</summary>
public sealed record DatabaseDetail
{
    /// <summary>Show the password in clear, where the engine has one; needs <c>databases:credentials</c>.</summary>
    public bool Reveal { get; init; }
}

/// <summary>Query of <c>DELETE /api/databases/{databaseId}</c>.</summary>
public sealed record DatabaseRemoval
{
    /// <summary>Make a last backup first, which can be downloaded for 7 days.</summary>
    public bool FinalBackup { get; init; }
}

/// <summary>Query of <c>GET /api/databases</c>.</summary>
public sealed record DatabaseFilter
{
    /// <summary>The project, or <c>all</c> of the organization; absent: the active one.</summary>
    public string? ProjectId { get; init; }

    /// <summary>Any of these engines.</summary>
    public IReadOnlyList<DatabaseEngine> Engine { get; init; } = [];

    /// <summary>Any of these states.</summary>
    public IReadOnlyList<DatabaseStatus> Status { get; init; } = [];

    /// <summary>A part of name or description.</summary>
    [StringLength(100)]
    public string? Search { get; init; }

    /// <summary>Only those that have the tags: <c>tag.environment=production</c>; repeated: with any of the values.</summary>
    [Prefix("tag.")]
    [MaxLength(20)]
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Tags { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Newest first by default; a minus sorts descending.</summary>
    [AllowedValues("name", "-name", "createdAt", "-createdAt", "sizeBytes", "-sizeBytes")]
    public string Sort { get; init; } = "-createdAt";

    /// <summary>Size of the page.</summary>
    [Range(1, 200)]
    public int Limit { get; init; } = 50;

    /// <summary>Matches before the page.</summary>
    [Range(0, int.MaxValue)]
    public int Offset { get; init; }
}
