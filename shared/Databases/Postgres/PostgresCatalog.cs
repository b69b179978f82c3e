using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Platform.Databases;

/// <summary>Reads what a database consists of, as its reading role. Names of requests are only compared with the catalogue's; those that stand in SQL come from there and are quoted.</summary>
internal sealed class PostgresCatalog(PostgresSession session)
{
    private const string DefaultSchema = "public";
    private const int ExactRows = 10_000;
    private static readonly JsonSerializerOptions Reading = new(JsonSerializerDefaults.Web);

    public async Task<Page<TableSummary>> ListAsync(TableFilter filter, CancellationToken ct)
    {
        await BeginAsync(ct);
        var kinds = filter.Type switch { TableKind.Table => "rpf", TableKind.View => "v", TableKind.MaterializedView => "m", _ => null };
        var found = JsonSerializer.Deserialize<Listing>(
            (await TextAsync(PostgresCatalogSql.List, ct, filter.Schema, filter.Search, kinds, Number(filter.Limit), Number(filter.Offset)))!, Reading)!;
        List<TableSummary> shown = [];
        foreach (var entry in found.Items)
        {
            var (rows, estimated) = await CountAsync(entry, ct);
            shown.Add(new TableSummary(entry.Name, entry.Schema, entry.Type, rows, estimated, entry.ColumnCount, entry.SizeBytes, entry.Comment));
        }

        return new Page<TableSummary>(shown, found.Total, filter.Limit, filter.Offset);
    }

    /// <summary>Null when there is no such table or view.</summary>
    public async Task<TableDetail?> FindAsync(string name, TableDetailQuery query, Func<SqlScript, Task<IReadOnlyList<StatementResult>>> run, CancellationToken ct)
    {
        await BeginAsync(ct);
        if (await FindAsync(name, query.Schema, ct) is not { } entry)
            return null;
        var shape = JsonSerializer.Deserialize<Shape>((await TextAsync(PostgresCatalogSql.Describe, ct, entry.Id))!, Reading)!;
        var (rows, estimated) = await CountAsync(entry, ct);
        await session.ExecuteAsync("ROLLBACK", ct);
        var preview = query.Preview is { } count && entry.Readable ? (await run(new SqlScript($"SELECT * FROM {QuotedName(entry)}") { Reads = true, MaxRows = count }))[0].Rows : (StoredJson?)null;
        return new TableDetail
        {
            Name = entry.Name,
            Schema = entry.Schema,
            Type = entry.Type,
            Columns = [.. shape.Columns.Select((column, at) => column with { Ordinal = at + 1 })],
            PrimaryKey = shape.PrimaryKey,
            Indexes = shape.Indexes,
            ForeignKeys = shape.ForeignKeys,
            ReferencedBy = shape.ReferencedBy,
            Checks = shape.Checks,
            RowCount = rows,
            RowCountEstimated = estimated,
            SizeBytes = entry.SizeBytes,
            Definition = shape.Definition,
            Preview = preview,
        };
    }

    /// <summary>The types of these ids that there are.</summary>
    public async Task<IReadOnlyDictionary<uint, PostgresType>> TypesAsync(IReadOnlyList<uint> ids, CancellationToken ct)
    {
        await BeginAsync(ct);
        var found = JsonSerializer.Deserialize<List<PostgresType>>((await TextAsync(PostgresCatalogSql.Types, ct, $"{{{string.Join(',', ids)}}}"))!, Reading)!;
        return found.ToDictionary(type => type.Id);
    }

    private async Task<Entry?> FindAsync(string name, string? schema, CancellationToken ct)
    {
        if (await EntryAsync(schema ?? DefaultSchema, name, ct) is { } found)
            return found;
        return schema is null && name.Split('.', 2) is [var before, var after] ? await EntryAsync(before, after, ct) : null;
    }

    private async Task<Entry?> EntryAsync(string schema, string name, CancellationToken ct) =>
        await TextAsync(PostgresCatalogSql.Find, ct, schema, name) is { } found ? JsonSerializer.Deserialize<Entry>(found, Reading) : null;

    private async Task BeginAsync(CancellationToken ct)
    {
        await session.ExecuteAsync("BEGIN READ ONLY", ct);
        await session.ExecuteAsync("SET LOCAL search_path = pg_catalog, public", ct);
    }

    private async Task<(long? Rows, bool Estimated)> CountAsync(Entry entry, CancellationToken ct)
    {
        if (entry.Type == TableKind.View)
            return (null, false);
        if (!entry.Readable)
            return entry.Estimate < 0 ? (null, false) : ((long)entry.Estimate, true);
        var counted = long.Parse((await TextAsync($"SELECT count(*)::text FROM (SELECT FROM {QuotedName(entry)} LIMIT {ExactRows + 1}) r", ct))!, CultureInfo.InvariantCulture);
        return counted <= ExactRows ? (counted, false) : (Math.Max(counted, (long)entry.Estimate), true);
    }

    // The only value of the only row, if there is one.
    private async Task<string?> TextAsync(string sql, CancellationToken ct, params string?[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, session.Connection) { AllResultTypesAreUnknown = true };
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Unknown, Value = (object?)parameter ?? DBNull.Value });
        return await command.ExecuteScalarAsync(ct) as string;
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string QuotedName(Entry entry) => $"{Quoted(entry.Schema)}.{Quoted(entry.Name)}";

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private sealed record Listing(int Total, IReadOnlyList<Entry> Items);

    private sealed record Entry(string Id, string Name, string Schema, string Kind, double Estimate, int ColumnCount, long? SizeBytes, string? Comment, bool Readable)
    {
        public TableKind Type => Kind switch { "v" => TableKind.View, "m" => TableKind.MaterializedView, _ => TableKind.Table };
    }

    private sealed record Shape(
        IReadOnlyList<TableColumn> Columns,
        IReadOnlyList<string> PrimaryKey,
        IReadOnlyList<TableIndex> Indexes,
        IReadOnlyList<TableForeignKey> ForeignKeys,
        IReadOnlyList<TableReference> ReferencedBy,
        IReadOnlyList<string> Checks,
        string? Definition);
}
