using System.Text.Json;
using Platform.Data;
using Platform.Databases;
using Platform.Functions.Pages;

namespace Platform.Functions.ConsolePages;

/// <summary>A project's databases, and what is in one.</summary>
public sealed class DatabasePages(DatabaseQueries databases, QueryDatabase query)
{
    private const int MostTables = 200;
    private const int PreviewRows = 20;

    internal async Task<Result<ConsoleBody>> ListAsync(ConsolePlace place, CancellationToken ct)
    {
        if (!place.Can(Permissions.DatabasesRead))
            return PermissionErrors.Missing(place.Caller, Permissions.DatabasesRead);
        var page = await databases.ListAsync(place.Project.Id, new DatabaseFilter { Limit = 200 }, ct);
        var rows = page.Items.Select(database => (IReadOnlyList<Html>)
        [
            Html.Of($"""<a href="{place.PathTo(ConsoleTab.Databases)}/{database.Id}">{database.Name}</a>"""),
            PageText.State(EnumWords<DatabaseStatus>.ToWord(database.Status)),
            PageText.Text(EnumWords<DatabaseEngine>.ToWord(database.Engine)),
            PageText.Text(PageText.Bytes(database.SizeBytes)),
            Html.Of($"{database.TableCount}"),
            PageText.Time(database.LastBackupAt),
        ]);
        return new ConsoleBody("Databases", PageText.Table("Databases of the project", ["Database", "State", "Engine", "Size", "Tables", "Last backup (UTC)"], rows));
    }

    internal async Task<Result<ConsoleBody>> ShowAsync(ConsolePlace place, Guid id, string? table, CancellationToken ct)
    {
        var found = await databases.FindAsync(id, Permissions.DatabasesRead, ct);
        if (!found.IsOk)
            return found.Error;
        var database = found.Value;
        if (database.ProjectId != place.Project.Id)
            return DatabaseErrors.NotFound;
        var mayQuery = place.Can(Permissions.DatabasesQuery);
        var inside = mayQuery ? await InsideAsync(place, database, table, ct) : Html.Of($"<p>What is in it is shown to those who hold the permission {Permissions.DatabasesQuery}.</p>");
        if (!inside.IsOk)
            return inside.Error;
        return new ConsoleBody(database.Name, Html.Of($"""
            {Facts(database)}
            {inside.Value}
            """));
    }

    private static Html Facts(ManagedDatabase database) => PageText.Facts(
        ("State", PageText.State(EnumWords<DatabaseStatus>.ToWord(database.Status))),
        ("Error", PageText.Text(database.Error)),
        ("Engine", PageText.Text($"{EnumWords<DatabaseEngine>.ToWord(database.Engine)} {database.EngineVersion}")),
        ("Description", PageText.Text(database.Description)),
        ("Size", PageText.Text($"{PageText.Bytes(database.SizeBytes)} of {database.MaxSizeMb} MiB")),
        ("Read only", PageText.YesNo(database.ReadOnly)),
        ("Protected from deletion", PageText.YesNo(database.DeletionProtection)),
        ("Last backup (UTC)", PageText.Time(database.LastBackupAt)),
        ("Created (UTC)", PageText.Time(database.CreatedAt)));

    private async Task<Result<Html>> InsideAsync(ConsolePlace place, ManagedDatabase database, string? table, CancellationToken ct)
    {
        var mayWrite = place.Can(Permissions.DatabasesExecute) && !database.ReadOnly;
        var tables = await query.ListTablesAsync(database, new TableFilter { Limit = MostTables }, ct);
        if (!tables.IsOk)
            return Html.Of($"""<p class="refusal">{tables.Error.Message}</p>""");
        var path = $"{place.PathTo(ConsoleTab.Databases)}/{database.Id}";
        var rows = tables.Value.Items.Select(found => (IReadOnlyList<Html>)
        [
            Html.Of($"""<a href="{path}?table={Uri.EscapeDataString($"{found.Schema}.{found.Name}")}#table">{found.Name}</a>"""),
            PageText.Text(found.Schema),
            PageText.Text(EnumWords<TableKind>.ToWord(found.Type).Replace('_', ' ')),
            PageText.Text(found.RowCount is { } count ? $"{(found.RowCountEstimated ? "about " : "")}{count}" : null),
            Html.Of($"{found.ColumnCount}"),
        ]);
        var open = string.IsNullOrEmpty(table) ? Html.None : await TableAsync(database, table, ct);
        if (!open.IsOk)
            return open.Error;
        return Html.Of($"""
            <section><h2>Tables</h2>{PageText.Table("Tables and views", ["Name", "Schema", "Kind", "Rows", "Columns"], rows)}</section>
            {open.Value}
            {QueryBox(database, mayWrite)}
            """);
    }

    private async Task<Result<Html>> TableAsync(ManagedDatabase database, string name, CancellationToken ct)
    {
        var found = await query.FindTableAsync(database, name, new TableDetailQuery { Preview = PreviewRows }, ct);
        if (!found.IsOk)
            return found.Error;
        var table = found.Value;
        var columns = table.Columns.Select(column => (IReadOnlyList<Html>)
        [
            PageText.Text(column.Name), PageText.Text(column.Type), PageText.YesNo(column.Nullable), PageText.Text(column.Default), PageText.YesNo(column.PrimaryKey), PageText.YesNo(column.Unique),
        ]);
        var indexes = table.Indexes.Select(index => (IReadOnlyList<Html>)
            [PageText.Text(index.Name), PageText.Text(string.Join(", ", index.Columns.Select(column => column ?? "(expression)"))), PageText.YesNo(index.Unique)]);
        return Html.Of($"""
            <section id="table"><h2>{table.Name}</h2>
            {PageText.Table($"Columns of {table.Name}", ["Column", "Type", "Nullable", "Default", "Primary key", "Unique"], columns)}
            {Html.When(table.Indexes.Count > 0, () => PageText.Table($"Indexes of {table.Name}", ["Index", "Columns", "Unique"], indexes))}
            {Preview(table)}</section>
            """);
    }

    private static Html Preview(TableDetail table)
    {
        if (table.Preview is not { } preview)
            return Html.None;
        var names = table.Columns.Select(column => column.Name).ToList();
        using var rows = JsonDocument.Parse(preview.Text);
        return PageText.Table($"First rows of {table.Name}", names, [.. rows.RootElement.EnumerateArray().Select(row => (IReadOnlyList<Html>)
            [.. names.Select(name => PageText.Text(row.TryGetProperty(name, out var value) ? Cell(value) : null))])]);
    }

    private static string Cell(JsonElement value) => value.ValueKind == JsonValueKind.Null ? "NULL" : value.ToString();

    private static Html QueryBox(ManagedDatabase database, bool mayWrite) => Html.Of($"""
        <section><h2>Query</h2>
        <noscript><p class="refusal">Running queries here needs JavaScript.</p></noscript>
        <form id="query" data-path="/api/databases/{database.Id}/query">
          <label for="sql">SQL</label>
          <textarea id="sql" name="sql" rows="6" spellcheck="false" autocapitalize="off" autocomplete="off" required></textarea>
          <p class="row">
            <label class="check"><input type="checkbox" name="writes"{(mayWrite ? Html.None : Html.Of($" disabled"))}> may change data</label>
            <button type="submit">Run</button> <span class="hint">Ctrl+Enter runs</span>
          </p>
        </form>
        <p id="query-status" role="status"></p>
        <div id="query-result" class="wide" tabindex="0" role="region" aria-label="Result of the query" hidden></div>
        </section>
        """);
}
