using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Platform.Data.Migrations;

/// <summary>The columns and keys of one table. A name that ends in <c>?</c> is a nullable column.</summary>
public sealed class TableWriter(CreateTableOperation table, bool isSqlite)
{
    /// <summary>A 64-bit number that the database counts up; never used twice. Is the primary key.</summary>
    public TableWriter Identity(string name)
    {
        var column = Add<long>(name, "INTEGER", "bigint");
        if (isSqlite)
            column["Sqlite:Autoincrement"] = true;
        else
            column["Npgsql:ValueGenerationStrategy"] = Npgsql.EntityFrameworkCore.PostgreSQL.Metadata.NpgsqlValueGenerationStrategy.IdentityByDefaultColumn;
        return Key(name);
    }

    public TableWriter Guid(params string[] names) => AddAll<Guid>(names, "TEXT", "uuid");

    public TableWriter Text(params string[] names) => AddAll<string>(names, "TEXT", "text");

    public TableWriter Json(params string[] names) => AddAll<string>(names, "TEXT", "jsonb");

    public TableWriter Time(params string[] names) => AddAll<DateTimeOffset>(names, "INTEGER", "timestamp with time zone");

    public TableWriter Int(params string[] names) => AddAll<int>(names, "INTEGER", "integer");

    public TableWriter Long(params string[] names) => AddAll<long>(names, "INTEGER", "bigint");

    public TableWriter Bool(params string[] names) => AddAll<bool>(names, "INTEGER", "boolean");

    public TableWriter Double(params string[] names) => AddAll<double>(names, "REAL", "double precision");

    public TableWriter Decimal(params string[] names) => AddAll<decimal>(names, "TEXT", "numeric");

    public TableWriter Date(params string[] names) => AddAll<DateOnly>(names, "TEXT", "date");

    public TableWriter Bytes(params string[] names) => AddAll<byte[]>(names, "BLOB", "bytea");

    public TableWriter Key(params string[] columns)
    {
        table.PrimaryKey = new AddPrimaryKeyOperation { Name = $"pk_{table.Name}", Table = table.Name, Columns = columns };
        return this;
    }

    public TableWriter AlternateKey(params string[] columns)
    {
        table.UniqueConstraints.Add(new AddUniqueConstraintOperation { Name = $"ak_{table.Name}_{string.Join('_', columns)}", Table = table.Name, Columns = columns });
        return this;
    }

    /// <summary>A reference to <c>id</c> (or <paramref name="principalColumn"/>) of another table. The model says the same, with the same delete rule.</summary>
    public TableWriter Reference(string column, string principal, ReferentialAction onDelete = ReferentialAction.Cascade, string principalColumn = "id")
    {
        table.ForeignKeys.Add(new AddForeignKeyOperation
        {
            Name = $"fk_{table.Name}_{principal}_{column}",
            Table = table.Name,
            Columns = [column],
            PrincipalTable = principal,
            PrincipalColumns = [principalColumn],
            OnDelete = onDelete,
        });
        return this;
    }

    private TableWriter AddAll<T>(string[] names, string sqlite, string postgres)
    {
        foreach (var name in names)
            Add<T>(name, sqlite, postgres);
        return this;
    }

    private AddColumnOperation Add<T>(string name, string sqlite, string postgres)
    {
        var column = new AddColumnOperation
        {
            Name = name.TrimEnd('?'),
            Table = table.Name,
            ClrType = typeof(T),
            ColumnType = isSqlite ? sqlite : postgres,
            IsNullable = name.EndsWith('?'),
        };
        table.Columns.Add(column);
        return column;
    }
}
