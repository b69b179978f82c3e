using System.ComponentModel.DataAnnotations;

namespace Platform.Databases;

public enum TableKind
{
    Table,
    View,
    MaterializedView,
}

/// <summary>Query of <c>GET /api/databases/{databaseId}/tables</c>.</summary>
public sealed record TableFilter
{
    /// <summary>The engine <c>sqlite</c> has <c>main</c> only.</summary>
    [StringLength(63)]
    public string? Schema { get; init; }

    /// <summary>Tables only, or views only; the engine <c>sqlite</c> has no materialized ones.</summary>
    public TableKind? Type { get; init; }

    /// <summary>A part of the name.</summary>
    [StringLength(100)]
    public string? Search { get; init; }

    /// <summary>Size of the page.</summary>
    [Range(1, 200)]
    public int Limit { get; init; } = 50;

    /// <summary>Where the page begins.</summary>
    [Range(0, int.MaxValue)]
    public int Offset { get; init; }
}

/// <summary>Query of <c>GET /api/databases/{databaseId}/tables/{tableName}</c>.</summary>
public sealed record TableDetailQuery
{
    /// <summary>Wins over a schema in the name.</summary>
    [StringLength(63)]
    public string? Schema { get; init; }

    /// <summary>Show so many of the first rows.</summary>
    [Range(1, 50)]
    public int? Preview { get; init; }
}

/// <summary>A table or view in a list.</summary>
/// <param name="RowCount">Exact up to 10 000 rows, above that an estimate; null for views, whose rows only running them tells.</param>
/// <param name="SizeBytes">Null where the engine does not keep it.</param>
public sealed record TableSummary(string Name, string Schema, TableKind Type, long? RowCount, bool RowCountEstimated, int ColumnCount, long? SizeBytes, string? Comment);

public sealed record TableColumn(
    string Name, string Type, bool Nullable, string? Default, bool PrimaryKey, bool Unique, bool AutoIncrement, bool Generated, string? Comment, int Ordinal);

/// <summary>An index; a column that is an expression has no name.</summary>
public sealed record TableIndex(string Name, IReadOnlyList<string?> Columns, bool Unique, string Method, string? Predicate);

public sealed record TableForeignKey(
    string? Name, IReadOnlyList<string> Columns, string ReferencedTable, IReadOnlyList<string?> ReferencedColumns, string OnDelete, string OnUpdate);

/// <summary>A foreign key of another table.</summary>
public sealed record TableReference(string Table, IReadOnlyList<string> Columns, IReadOnlyList<string?> ReferencedColumns, string OnDelete, string OnUpdate);

/// <summary>A table or view with all that is known of it.</summary>
public sealed record TableDetail
{
    public required string Name { get; init; }

    public required string Schema { get; init; }

    public required TableKind Type { get; init; }

    public required IReadOnlyList<TableColumn> Columns { get; init; }

    public required IReadOnlyList<string> PrimaryKey { get; init; }

    public required IReadOnlyList<TableIndex> Indexes { get; init; }

    public required IReadOnlyList<TableForeignKey> ForeignKeys { get; init; }

    public required IReadOnlyList<TableReference> ReferencedBy { get; init; }

    /// <summary>Expressions of CHECK constraints.</summary>
    public required IReadOnlyList<string> Checks { get; init; }

    public required long? RowCount { get; init; }

    public required bool RowCountEstimated { get; init; }

    public required long? SizeBytes { get; init; }

    /// <summary>The SQL that made it.</summary>
    public required string? Definition { get; init; }

    /// <summary>Its first rows, when they were asked for.</summary>
    public required StoredJson? Preview { get; init; }
}
