using SQLitePCL;

namespace Platform.Databases;

/// <summary>What one table or view of SQLite's catalogue consists of.</summary>
internal sealed class SqliteTable(SqliteHandle handle, string table)
{
    private const int Hidden = 1;

    private readonly Lazy<List<Row>> _columns = new(() => handle.Read(
        "SELECT cid, name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?) ORDER BY cid",
        row => new Row(Number(row, 0), Text(row, 1)!, Text(row, 2) ?? "", Number(row, 3) != 0, Text(row, 4), Number(row, 5), Number(row, 6)),
        table));

    private readonly Lazy<List<TableIndex>> _indexes = new(() => ReadIndexes(handle, table));

    public IReadOnlyList<TableColumn> Columns()
    {
        var unique = _indexes.Value.Where(index => index is { Unique: true, Predicate: null, Columns: [not null] }).Select(index => index.Columns[0]!).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var (key, shown) = (PrimaryKey(), _columns.Value.Where(column => column.Hidden != Hidden).ToList());
        return [.. shown.Select((column, at) => new TableColumn(
            column.Name,
            column.Type.ToLowerInvariant(),
            Nullable: !column.NotNull && !(key.Count == 1 && column.Key > 0 && column.Type.Equals("integer", StringComparison.OrdinalIgnoreCase)),
            column.Default,
            PrimaryKey: column.Key > 0,
            Unique: unique.Contains(column.Name) || (key.Count == 1 && column.Key > 0),
            AutoIncrement: handle.IsAutoIncrement(table, column.Name),
            Generated: column.Hidden > Hidden,
            Comment: null,
            Ordinal: at + 1))];
    }

    public IReadOnlyList<string> PrimaryKey() => [.. _columns.Value.Where(column => column.Key > 0).OrderBy(column => column.Key).Select(column => column.Name)];

    public IReadOnlyList<TableIndex> Indexes() => _indexes.Value;

    public IReadOnlyList<TableForeignKey> ForeignKeys() => [.. Keys("SELECT ?1, f.* FROM pragma_foreign_key_list(?1) AS f ORDER BY f.id, f.seq", table)
        .Select(key => new TableForeignKey(Name: null, key.Columns, key.ReferencedTable, key.ReferencedColumns, key.OnDelete, key.OnUpdate))];

    public IReadOnlyList<TableReference> ReferencedBy() => [.. Keys(
            "SELECT t.name, f.* FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS f WHERE t.type = 'table' AND f.\"table\" = ?1 COLLATE NOCASE ORDER BY t.name, f.id, f.seq", table)
        .Select(key => new TableReference(key.Table, key.Columns, key.ReferencedColumns, key.OnDelete, key.OnUpdate))];

    /// <summary>Null for NULL.</summary>
    internal static string? Text(sqlite3_stmt row, int column) =>
        raw.sqlite3_column_type(row, column) == raw.SQLITE_NULL ? null : raw.sqlite3_column_text(row, column).utf8_to_string();

    private static int Number(sqlite3_stmt row, int column) => raw.sqlite3_column_int(row, column);

    private static List<TableIndex> ReadIndexes(SqliteHandle handle, string table)
    {
        var indexes = handle.Read(
            "SELECT l.name, l.\"unique\", l.partial, s.sql FROM pragma_index_list(?) AS l LEFT JOIN sqlite_schema AS s ON s.type = 'index' AND s.name = l.name ORDER BY l.name",
            row => (Name: Text(row, 0)!, Unique: Number(row, 1) != 0, Partial: Number(row, 2) != 0, Sql: Text(row, 3)),
            table);
        return [.. indexes.Select(index => new TableIndex(
            index.Name,
            handle.Read("SELECT name FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno", row => Text(row, 0), index.Name),
            index.Unique,
            Method: "btree",
            index.Partial ? SqlWords.ConditionOf(index.Sql) ?? "" : null))];
    }

    // The columns of pragma_foreign_key_list: id, seq, table, from, to, on_update, on_delete, match.
    private List<Key> Keys(string sql, string parameter) =>
    [
        .. handle.Read(
            sql,
            row => (Table: Text(row, 0)!, Id: Number(row, 1), Referenced: Text(row, 3)!, From: Text(row, 4)!, To: Text(row, 5), OnUpdate: Word(row, 6), OnDelete: Word(row, 7)),
            parameter)
        .GroupBy(row => (row.Table, row.Id))
        .Select(group => new Key(
            group.Key.Table, [.. group.Select(row => row.From)], group.First().Referenced, [.. group.Select(row => row.To)], group.First().OnDelete, group.First().OnUpdate)),
    ];

    private static string Word(sqlite3_stmt row, int column) => (Text(row, column) ?? "").ToLowerInvariant().Replace(' ', '_');

    private sealed record Row(int Id, string Name, string Type, bool NotNull, string? Default, int Key, int Hidden);

    private sealed record Key(string Table, IReadOnlyList<string> Columns, string ReferencedTable, IReadOnlyList<string?> ReferencedColumns, string OnDelete, string OnUpdate);
}
