using System.Collections.Concurrent;
using System.Data.Common;
using System.Text;

using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace Platform.Data;

/// <summary>
/// Inserts rows that are written in great numbers and not tracked, inside the context's current transaction: EF's bookkeeping would cost more than the database. On PostgreSQL
/// many rows go with one statement; SQLite, which looks for each parameter's name among all before it, runs one parsed statement for each row. Values that the database
/// makes are left out. Whose rows they are is for who calls to know: nothing of <see cref="TenantGuard"/> comes in between.
/// </summary>
internal sealed class BulkInsert<TRow>
    where TRow : class
{
    private const int MostRows = 100; // per statement; far below the limit of parameters
    private readonly ConcurrentDictionary<int, string> _texts = [];
    private (string Table, Column[] Columns)? _shape;

    /// <summary>Inserts in the given order.</summary>
    /// <exception cref="DbUpdateException">The database refused a row.</exception>
    public async Task InsertAsync(PlatformDbContext db, IReadOnlyList<TRow> rows, CancellationToken ct)
    {
        _shape ??= Shape(db.Model.FindEntityType(typeof(TRow))!);
        try
        {
            if (db.Database.IsSqlite())
            {
                InsertEach((SqlitePooledTransaction)db.Database.CurrentTransaction!.GetDbTransaction(), rows);
                return;
            }

            foreach (var chunk in rows.Chunk(MostRows))
                await InsertAllAsync(db, chunk, ct);
        }
        catch (DbException e)
        {
            throw new DbUpdateException("The rows could not be inserted; see the inner exception.", e);
        }
    }

    private void InsertEach(SqlitePooledTransaction transaction, IReadOnlyList<TRow> rows)
    {
        var (_, columns) = _shape!.Value;
        using var statement = transaction.Session.Borrow(Text(1));
        var command = statement.Command;
        command.Transaction = transaction.Inner;
        foreach (var row in rows)
        {
            for (var i = 0; i < columns.Length; i++)
            {
                if (command.Parameters.Count == i)
                    command.Parameters.Add(columns[i].Parameter(command, i, row));
                else
                    command.Parameters[i].Value = columns[i].ValueOf(row);
            }

            command.ExecuteNonQuery();
        }

        statement.Succeeded();
    }

    private async Task InsertAllAsync(PlatformDbContext db, TRow[] rows, CancellationToken ct)
    {
        await using var command = db.Database.GetDbConnection().Command(Text(rows.Length), db.Database.CurrentTransaction!.GetDbTransaction());
        foreach (var row in rows)
        {
            foreach (var column in _shape!.Value.Columns)
                command.Parameters.Add(column.Parameter(command, command.Parameters.Count, row));
        }

        await command.ExecuteNonQueryAsync(ct);
    }

    private string Text(int rows) => _texts.GetOrAdd(rows, count =>
    {
        var (table, columns) = _shape!.Value;
        var sql = new StringBuilder($"INSERT INTO {table} (").AppendJoin(", ", columns.Select(c => c.Name)).Append(") VALUES ");
        for (var row = 0; row < count; row++)
            sql.Append(row == 0 ? "(" : ", (").AppendJoin(", ", Enumerable.Range(row * columns.Length, columns.Length).Select(i => $"@p{i}")).Append(')');
        return sql.ToString();
    });

    private static (string Table, Column[] Columns) Shape(IEntityType type) => (type.GetTableName()!,
    [
        .. type.GetProperties().Where(property => property.ValueGenerated == ValueGenerated.Never)
            .Select(property => new Column(property.GetColumnName(), property.GetGetter(), property.GetRelationalTypeMapping())),
    ]);

    private sealed record Column(string Name, IClrPropertyGetter Getter, RelationalTypeMapping Mapping)
    {
        public DbParameter Parameter(DbCommand command, int number, TRow row) => Mapping.CreateParameter(command, $"@p{number}", Getter.GetClrValueUsingContainingEntity(row));

        public object ValueOf(TRow row)
        {
            var value = Getter.GetClrValueUsingContainingEntity(row);
            return (value is null || Mapping.Converter is not { } converter ? value : converter.ConvertToProvider(value)) ?? DBNull.Value;
        }
    }
}
