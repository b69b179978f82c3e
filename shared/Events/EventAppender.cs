using System.Data.Common;
using System.Text;

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

using Platform.Data;

namespace Platform.Events;

/// <summary>
/// Stores the events of one unit of work with one statement. Events are most of what the platform writes and never change, so EF's bookkeeping per row,
/// and a statement per row for SQLite to parse, would cost more than the rest of a typical save.
/// </summary>
public sealed class EventAppender
{
    private const int MostRows = 100; // per statement; far below the limit of parameters of both databases
    private Column[]? _columns;
    private string? _insert;

    /// <summary>Inserts in the given order, inside the context's current transaction.</summary>
    internal async Task AppendAsync(PlatformDbContext db, IReadOnlyList<PlatformEvent> events, CancellationToken ct)
    {
        _columns ??= [.. Columns(db.Model.FindEntityType(typeof(PlatformEvent))!)];
        _insert ??= $"INSERT INTO events ({string.Join(", ", _columns.Select(c => c.Name))}) VALUES ";
        foreach (var rows in events.Chunk(MostRows))
            await InsertAsync(db, rows, ct);
    }

    private async Task InsertAsync(PlatformDbContext db, PlatformEvent[] rows, CancellationToken ct)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        var sql = new StringBuilder(_insert);
        for (var row = 0; row < rows.Length; row++)
        {
            sql.Append(row == 0 ? "(" : ", (");
            AddValues(command, sql, rows[row]);
            sql.Append(')');
        }

        command.CommandText = sql.ToString();
        try
        {
            await command.ExecuteNonQueryAsync(ct);
        }
        catch (DbException e)
        {
            throw new DbUpdateException("The events could not be stored; see the inner exception.", e);
        }
    }

    private void AddValues(DbCommand command, StringBuilder sql, PlatformEvent row)
    {
        foreach (var column in _columns!)
        {
            var value = column.Getter.GetClrValueUsingContainingEntity(row);
            if (sql[^1] != '(')
                sql.Append(", ");
            if (value is null)
            {
                sql.Append("NULL");
                continue;
            }

            var name = $"@p{command.Parameters.Count}";
            sql.Append(name);
            command.Parameters.Add(column.Mapping.CreateParameter(command, name, value));
        }
    }

    private static IEnumerable<Column> Columns(IEntityType type) => type.GetProperties()
        .Where(property => property.ValueGenerated == ValueGenerated.Never)
        .Select(property => new Column(property.GetColumnName(), property.GetGetter(), property.GetRelationalTypeMapping()));

    private sealed record Column(string Name, IClrPropertyGetter Getter, RelationalTypeMapping Mapping);
}
