using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Notifications;

namespace Platform.Alertmanager;

/// <summary>Writes into the notifications of an alert that it has come again, or that it is over. One at a time for an alert, so that what is written last is what holds.</summary>
public sealed class AnnotateAlert(PlatformDbContext db, AnnotateNotifications notifications)
{
    /// <param name="causeId">What the notifications tell of: the alert's firing or its end.</param>
    public Task AnnotateAsync(Guid stateId, Guid causeId, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            await db.AlertStates.Where(found => found.Id == stateId).ExecuteUpdateAsync(set => set.SetProperty(found => found.Count, found => found.Count), ct); // holds the row
            if (await db.AlertStates.AsNoTracking().SingleOrDefaultAsync(found => found.Id == stateId, ct) is { } state && AlertNotice.Known(state, causeId) is { Count: > 0 } facts)
                await notifications.AnnotateAsync(causeId, facts, ct);
            return true;
        },
        ct);
}
