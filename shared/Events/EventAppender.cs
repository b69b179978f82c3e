using System.Data.Common;

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

using Platform.Data;

namespace Platform.Events;

/// <summary>Stores the events of one unit of work. They are most of what the platform writes and never change, so they need nothing of EF.</summary>
internal sealed class EventAppender
{
    private const string TakeNumbers = "UPDATE relay_state SET value = value + @count WHERE name = 'sequenced' RETURNING value";
    private readonly BulkInsert<PlatformEvent> _rows = new();

    /// <summary>Inserts in the given order, inside the context's current transaction.</summary>
    public async Task AppendAsync(PlatformDbContext db, IReadOnlyList<PlatformEvent> events, CancellationToken ct)
    {
        if (events.Count > 0 && db.Database.IsSqlite())
            await NumberAsync(db, events, ct);
        await _rows.InsertAsync(db, events, ct);
    }

    // One writer at a time: the order in which the numbers are taken is the order in which they become visible, and the relay has nothing left to do.
    private static async Task NumberAsync(PlatformDbContext db, IReadOnlyList<PlatformEvent> events, CancellationToken ct)
    {
        await using var command = db.Database.GetDbConnection().Command(TakeNumbers, db.Database.CurrentTransaction!.GetDbTransaction(), ("count", events.Count));
        try
        {
            var last = (long)(await command.ExecuteScalarAsync(ct))!;
            for (var i = 0; i < events.Count; i++)
                events[i].Number(last - events.Count + 1 + i);
        }
        catch (DbException e)
        {
            throw new DbUpdateException("The events could not be stored; see the inner exception.", e);
        }
    }
}
