using System.Text.Json;

namespace Platform.Databases;

/// <summary>What is to be run, and how its answer is to be.</summary>
public sealed record SqlScript(string Sql)
{
    public JsonElement? Parameters { get; init; }

    /// <summary>It may only read.</summary>
    public bool Reads { get; init; }

    /// <summary>All of it as one transaction.</summary>
    public bool InTransaction { get; init; } = true;

    public int MaxRows { get; init; } = 1;

    public bool AsObjects { get; init; } = true;
}

/// <summary>What a script came to; <paramref name="Size"/> only when it may have changed something.</summary>
/// <param name="Notices">What the engine said beside it.</param>
public sealed record SqlOutcome(IReadOnlyList<StatementResult> Results, DatabaseSize? Size, IReadOnlyList<string> Notices);

/// <summary>A column of a result: its type in lower case; with <c>sqlite</c> the declared one, else that of its first value, and null for an expression without a value.</summary>
public sealed record ResultColumn(string Name, string? Type);

/// <summary>The result of one statement.</summary>
/// <param name="Rows">An array of objects or of arrays.</param>
/// <param name="AffectedRows">Rows that an INSERT, UPDATE or DELETE changed; null for other statements.</param>
/// <param name="Truncated">There were more rows than were asked for, or than fit.</param>
/// <param name="Command">The statement's first word.</param>
public sealed record StatementResult(IReadOnlyList<ResultColumn> Columns, StoredJson Rows, int RowCount, long? AffectedRows, bool Truncated, string Command);
