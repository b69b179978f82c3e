using System.Globalization;
using SQLitePCL;

namespace Platform.Databases;

/// <summary>Reads what a database consists of. Names come from SQLite's own catalogue and are quoted; those of requests are only compared.</summary>
internal sealed class SqliteCatalog(SqliteHandle handle)
{
    private const string Schema = "main";
    private const int ExactRows = 10_000;
    private const string Listed = @"FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual', 'view') AND name NOT LIKE 'sqlite\_%' ESCAPE '\'";

    public DatabaseSize Measure() => handle.Read(
        $"SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size), (SELECT count(*) {Listed} AND type <> 'view')",
        row => new DatabaseSize(raw.sqlite3_column_int64(row, 0), raw.sqlite3_column_int(row, 1)))[0];

    public Page<TableSummary> List(TableFilter filter)
    {
        var found = filter.Schema is null or Schema
            ? Entries("").Where(entry => filter.Type is null || entry.Type == filter.Type)
                .Where(entry => filter.Search is null || entry.Name.Contains(filter.Search, StringComparison.OrdinalIgnoreCase)).ToList()
            : [];
        var shown = found.Skip(filter.Offset).Take(filter.Limit).Select(entry =>
        {
            var (rows, estimated) = CountRows(entry);
            return new TableSummary(entry.Name, Schema, entry.Type, rows, estimated, entry.ColumnCount, SizeBytes: null, Comment: null);
        });
        return new Page<TableSummary>([.. shown], found.Count, filter.Limit, filter.Offset);
    }

    /// <summary>Null when there is no such table or view.</summary>
    public TableDetail? Find(string name, TableDetailQuery query)
    {
        if (query.Schema is not (null or Schema))
            return null;
        var entry = Entries(name).FirstOrDefault();
        if (entry is null && name.StartsWith($"{Schema}.", StringComparison.OrdinalIgnoreCase))
            entry = Entries(name[(Schema.Length + 1)..]).FirstOrDefault();
        return entry is null ? null : Describe(entry, query.Preview);
    }

    private TableDetail Describe(Entry entry, int? preview)
    {
        var definition = Texts("SELECT sql FROM sqlite_schema WHERE name = ? AND type IN ('table', 'view')", entry.Name).FirstOrDefault();
        var shape = new SqliteTable(handle, entry.Name);
        var (rows, estimated) = CountRows(entry);
        return new TableDetail
        {
            Name = entry.Name,
            Schema = Schema,
            Type = entry.Type,
            Columns = shape.Columns(),
            PrimaryKey = shape.PrimaryKey(),
            Indexes = shape.Indexes(),
            ForeignKeys = shape.ForeignKeys(),
            ReferencedBy = shape.ReferencedBy(),
            Checks = entry.Type == TableKind.Table ? SqlWords.ChecksOf(definition) : [],
            RowCount = rows,
            RowCountEstimated = estimated,
            SizeBytes = null,
            Definition = definition,
            Preview = preview is { } count ? Preview(entry, count) : null,
        };
    }

    // As the caller's own reading query, so that a view does no more than he may.
    private StoredJson Preview(Entry entry, int count) =>
        new SqliteScript(handle, new SqlScript($"SELECT * FROM {Quoted(entry.Name)}") { Reads = true, MaxRows = count }).Run().Results[0].Rows;

    private (long? Rows, bool Estimated) CountRows(Entry entry)
    {
        if (entry.Type == TableKind.View)
            return (null, false);
        var counted = Number($"SELECT count(*) FROM (SELECT 1 FROM {Quoted(entry.Name)} LIMIT {ExactRows + 1})");
        if (counted is null or <= ExactRows)
            return (counted, false);
        var analysed = Texts("SELECT name FROM sqlite_schema WHERE name = ?", "sqlite_stat1").Count > 0
            ? Texts("SELECT stat FROM sqlite_stat1 WHERE tbl = ? AND stat IS NOT NULL LIMIT 1", entry.Name).FirstOrDefault()
            : null;
        if (analysed is not null && long.TryParse(analysed.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var estimate))
            return (Math.Max(estimate, counted.Value), true);
        return (entry.HasRowId ? Math.Max(Number($"SELECT max(rowid) FROM {Quoted(entry.Name)}") ?? 0, counted.Value) : counted, true);
    }

    private List<Entry> Entries(string name) => handle.Read(
        $"SELECT name, type, ncol, wr {Listed} AND (?1 = '' OR name = ?1 COLLATE NOCASE) ORDER BY name COLLATE NOCASE, name",
        row => new Entry(
            raw.sqlite3_column_text(row, 0).utf8_to_string(),
            raw.sqlite3_column_text(row, 1).utf8_to_string() == "view" ? TableKind.View : TableKind.Table,
            raw.sqlite3_column_int(row, 2),
            HasRowId: raw.sqlite3_column_text(row, 1).utf8_to_string() == "table" && raw.sqlite3_column_int(row, 3) == 0),
        name);

    private List<string?> Texts(string sql, params ReadOnlySpan<string> parameters) => handle.Read(sql, row => SqliteTable.Text(row, 0), parameters);

    private long? Number(string sql) =>
        handle.Read(sql, row => raw.sqlite3_column_type(row, 0) == raw.SQLITE_NULL ? (long?)null : raw.sqlite3_column_int64(row, 0))[0];

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private sealed record Entry(string Name, TableKind Type, int ColumnCount, bool HasRowId);
}
