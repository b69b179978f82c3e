using System.Collections.Concurrent;
using System.Data.Common;
using System.Text;

using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

using Platform.Data;

namespace Platform.Events;

/// <summary>
/// Stores the events of one unit of work with one statement. Events are most of what the platform writes and never change, so EF's bookkeeping per row,
/// and a statement per row for SQLite to parse, would cost more than the rest of a typical save.
/// </summary>
internal sealed class EventAppender
{
    private const int MostRows = 100; // per statement; far below the limit of parameters
    private const int MostRowsOnSqlite = 8; // it looks for each parameter's name among all before it: a statement of many rows takes their square
    private const string TakeNumbers = "UPDATE relay_state SET value = value + @count WHERE name = 'sequenced' RETURNING value";
    private readonly ConcurrentDictionary<int, string> _texts = [];
    private Column[]? _columns;

    /// <summary>Inserts in the given order, inside the context's current transaction.</summary>
    public async Task AppendAsync(PlatformDbContext db, IReadOnlyList<PlatformEvent> events, CancellationToken ct)
    {
        _columns ??= [.. Columns(db.Model.FindEntityType(typeof(PlatformEvent))!)];
        foreach (var rows in events.Chunk(db.Database.IsSqlite() ? MostRowsOnSqlite : MostRows))
            await InsertAsync(db, rows, ct);
    }

    private async Task InsertAsync(PlatformDbContext db, PlatformEvent[] rows, CancellationToken ct)
    {
        try
        {
            if (db.Database.IsSqlite())
                await NumberAsync(db, rows, ct);
            await using var command = Command(db, _texts.GetOrAdd(rows.Length, Text));
            foreach (var row in rows)
            {
                foreach (var column in _columns!)
                    command.Parameters.Add(column.Mapping.CreateParameter(command, $"@p{command.Parameters.Count}", column.Getter.GetClrValueUsingContainingEntity(row)));
            }

            await command.ExecuteNonQueryAsync(ct);
        }
        catch (DbException e)
        {
            throw new DbUpdateException("The events could not be stored; see the inner exception.", e);
        }
    }

    // One writer at a time: the order in which the numbers are taken is the order in which they become visible, and the relay has nothing left to do.
    private static async Task NumberAsync(PlatformDbContext db, PlatformEvent[] rows, CancellationToken ct)
    {
        await using var command = Command(db, TakeNumbers);
        command.Parameters.Add(new SqliteParameter("@count", rows.Length));
        var last = (long)(await command.ExecuteScalarAsync(ct))!;
        for (var i = 0; i < rows.Length; i++)
            rows[i].Number(last - rows.Length + 1 + i);
    }

    private static DbCommand Command(PlatformDbContext db, string text)
    {
        var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = text;
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        return command;
    }

    private string Text(int rows)
    {
        var sql = new StringBuilder("INSERT INTO events (").AppendJoin(", ", _columns!.Select(c => c.Name)).Append(") VALUES ");
        for (var row = 0; row < rows; row++)
        {
            var first = row * _columns!.Length;
            sql.Append(row == 0 ? "(" : ", (").AppendJoin(", ", Enumerable.Range(first, _columns.Length).Select(i => $"@p{i}")).Append(')');
        }

        return sql.ToString();
    }

    private static IEnumerable<Column> Columns(IEntityType type) => type.GetProperties()
        .Where(property => property.ValueGenerated == ValueGenerated.Never)
        .Select(property => new Column(property.GetColumnName(), property.GetGetter(), property.GetRelationalTypeMapping()));

    private sealed record Column(string Name, IClrPropertyGetter Getter, RelationalTypeMapping Mapping);
}
