using Microsoft.EntityFrameworkCore;

using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Events;

/// <summary>Removes an event and keeps a copy in the archive, for operators.</summary>
public sealed class ArchiveEvent(PlatformDbContext db, Caller caller, AuditTrail audit, RecentEvents recent, TimeProvider clock)
{
    private const string Reason = "Admin deletion via API";

    public async Task<Result<ArchivedEvent>> ArchiveAsync(Guid eventId, CancellationToken ct)
    {
        audit.Target("event", eventId);
        if (await db.Events.AsNoTracking().SingleOrDefaultAsync(e => e.EventId == eventId, ct) is not { } stored)
            return EventErrors.NotFound;
        var email = await db.Users.Where(user => user.Id == caller.UserId).Select(user => user.Email).SingleOrDefaultAsync(ct);
        var archived = ArchivedEvent.Of(stored, clock.GetUtcNow(), email ?? caller.Username ?? "", Reason);
        return await db.InTransactionAsync(() => MoveAsync(stored, archived, ct), ct);
    }

    // Of two who delete it at once, the database lets one have the row.
    private async Task<Result<ArchivedEvent>> MoveAsync(PlatformEvent stored, ArchivedEvent archived, CancellationToken ct)
    {
        if (await db.Events.Where(e => e.RowId == stored.RowId).ExecuteDeleteAsync(ct) == 0)
            return EventErrors.NotFound;
        db.ArchivedEvents.Add(archived);
        audit.Note("event_type", stored.EventType);
        await db.SaveChangesAsync(ct);
        recent.Forget(stored.EventId);
        return archived;
    }
}
