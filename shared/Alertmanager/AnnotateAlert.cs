using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Notifications;

namespace Platform.Alertmanager;

/// <summary>Writes into the notifications of an alert that it has come again, or that it is over.</summary>
public sealed class AnnotateAlert(PlatformDbContext db, AnnotateNotifications notifications)
{
    public async Task AnnotateAsync(AlertFanOut.Item item, CancellationToken ct)
    {
        if (await db.AlertStates.AsNoTracking().SingleOrDefaultAsync(found => found.Id == item.StateId, ct) is not { } state)
            return;
        if (item.Change == AlertChange.Resolved)
            await notifications.AnnotateAsync(state.Id, AlertNotice.Resolution(state), ct);
        else if (state.CauseId == item.CauseId)
            await notifications.AnnotateAsync(item.CauseId, AlertNotice.Repetition(state), ct);
    }
}
