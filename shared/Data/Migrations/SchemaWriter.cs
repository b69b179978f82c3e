using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Platform.Data.Migrations;

/// <summary>
/// Writes tables and indexes of a migration with the names and column types that the model's conventions give on each database.
/// Indexes are <c>ix_table_columns</c>, a column may end in <c> desc</c>.
/// </summary>
public sealed class SchemaWriter(MigrationBuilder migration)
{
    public bool IsSqlite { get; } = migration.ActiveProvider == "Microsoft.EntityFrameworkCore.Sqlite";

    public SchemaWriter Table(string name, Action<TableWriter> define)
    {
        var table = new CreateTableOperation { Name = name };
        define(new TableWriter(table, IsSqlite));
        migration.Operations.Add(table);
        return this;
    }

    /// <summary>Adds columns to an existing table; on SQLite they must be nullable or have a default.</summary>
    public SchemaWriter AddColumns(string table, Action<TableWriter> define)
    {
        var added = new CreateTableOperation { Name = table };
        define(new TableWriter(added, IsSqlite));
        migration.Operations.AddRange(added.Columns);
        return this;
    }

    public SchemaWriter Index(string table, params string[] columns) => Index(table, columns, unique: false, null);

    public SchemaWriter Unique(string table, params string[] columns) => Index(table, columns, unique: true, null);

    /// <summary>An index over the rows that satisfy <paramref name="filter"/> (SQL), or one with a name of its own.</summary>
    public SchemaWriter Index(string table, string[] columns, bool unique, string? filter, string? name = null)
    {
        var names = columns.Select(c => c.Split(' ')[0]).ToArray();
        migration.Operations.Add(new CreateIndexOperation
        {
            Name = name ?? $"ix_{table}_{string.Join('_', names)}",
            Table = table,
            Columns = names,
            IsUnique = unique,
            Filter = filter,
            IsDescending = columns.Any(c => c.EndsWith(" desc", StringComparison.Ordinal))
                ? [.. columns.Select(c => c.EndsWith(" desc", StringComparison.Ordinal))]
                : null,
        });
        return this;
    }

    public SchemaWriter DropIndex(string table, params string[] columns)
    {
        migration.DropIndex($"ix_{table}_{string.Join('_', columns)}", table);
        return this;
    }

    public SchemaWriter Sql(string sql)
    {
        migration.Sql(sql);
        return this;
    }
}
