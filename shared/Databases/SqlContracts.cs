using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Platform.Databases;

public enum RowFormat
{
    Objects,
    Arrays,
}

/// <summary>Body of <c>POST /api/databases/{databaseId}/query</c>.</summary>
public sealed record SqlRequest : IValidatableObject
{
    /// <summary>One statement; several, separated by <c>;</c>, only without params and when they may write.</summary>
    [MinLength(1)]
    public string? Sql { get; init; }

    /// <summary>Another name of <c>sql</c>, which wins.</summary>
    [MinLength(1)]
    public string? Query { get; init; }

    /// <summary>An array for <c>?</c> and <c>$1</c>, an object for <c>:name</c> and <c>@name</c>.</summary>
    public JsonElement? Params { get; init; }

    /// <summary>Absent: true unless the caller may write and the database takes it.</summary>
    public bool? ReadOnly { get; init; }

    /// <summary>Milliseconds, at most the database's own limit, which is the default.</summary>
    [Range(100, 60_000)]
    public int? TimeoutMs { get; init; }

    [Range(1, 10_000)]
    public int MaxRows { get; init; } = 1000;

    public RowFormat RowFormat { get; init; }

    /// <summary>False for a lone statement that may not be in one, like <c>VACUUM</c>.</summary>
    public bool Transaction { get; init; } = true;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Sql is null && Query is null)
            yield return new ValidationResult("Field required", [nameof(Sql)]);
        if (Params is { ValueKind: not (JsonValueKind.Array or JsonValueKind.Object or JsonValueKind.Null) })
            yield return new ValidationResult("Input should be an array or an object", [nameof(Params)]);
    }
}

/// <summary>The result of a query: of its last statement, and with several <paramref name="Results"/> of each.</summary>
/// <param name="DurationMs">Time that the database worked.</param>
/// <param name="Notices">Messages of the engine.</param>
public sealed record SqlAnswer(
    IReadOnlyList<ResultColumn> Columns,
    StoredJson Rows,
    int RowCount,
    long? AffectedRows,
    bool Truncated,
    string Command,
    bool ReadOnly,
    long DurationMs,
    IReadOnlyList<string> Notices,
    IReadOnlyList<StatementResult> Results);
