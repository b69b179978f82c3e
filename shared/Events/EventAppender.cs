using System.Collections.Concurrent;
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
internal sealed class EventAppender
{
    private const int MostRows = 100; // per statement; far below the limit of parameters of both databases
    private readonly ConcurrentDictionary<int, string> _texts = [];
    private Column[]? _columns;

    /// <summary>Inserts in the given order, inside the context's current transaction.</summary>
    public async Task AppendAsync(PlatformDbContext db, IReadOnlyList<PlatformEvent> events, CancellationToken ct)
    {
        _columns ??= [.. Columns(db.Model.FindEntityType(typeof(PlatformEvent))!)];
        foreach (var rows in events.Chunk(MostRows))
            await InsertAsync(db, rows, ct);
    }

    private async Task InsertAsync(PlatformDbContext db, PlatformEvent[] rows, CancellationToken ct)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = _texts.GetOrAdd(rows.Length, Text);
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        foreach (var row in rows)
        {
            foreach (var column in _columns!)
                command.Parameters.Add(column.Mapping.CreateParameter(command, $"@p{command.Parameters.Count}", column.Getter.GetClrValueUsingContainingEntity(row)));
        }

        try
        {
            await command.ExecuteNonQueryAsync(ct);
        }
        catch (DbException e)
        {
            throw new DbUpdateException("The events could not be stored; see the inner exception.", e);
        }
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
