using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Notifications;

namespace Platform.Alertmanager;

/// <summary>Writes into the notifications of an alert that it has come again, or that it is over. One at a time for an alert, so that what is written last is what holds.</summary>
public sealed class AnnotateAlert(PlatformDbContext db, AnnotateNotifications notifications)
{
    public Task AnnotateAsync(AlertFanOut.Item item, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            await db.AlertStates.Where(found => found.Id == item.StateId).ExecuteUpdateAsync(set => set.SetProperty(found => found.Count, found => found.Count), ct); // holds the row
            if (await db.AlertStates.AsNoTracking().SingleOrDefaultAsync(found => found.Id == item.StateId, ct) is { } state && FactsOf(item, state) is { } facts)
                await notifications.AnnotateAsync(item.Change == AlertChange.Repeated ? item.CauseId : state.Id, facts, ct);
            return true;
        },
        ct);

    private static Dictionary<string, JsonElement>? FactsOf(AlertFanOut.Item item, AlertState state) => item.Change switch
    {
        AlertChange.Resolved => AlertNotice.Resolution(state),
        AlertChange.Repeated => state.CauseId == item.CauseId ? AlertNotice.Repetition(state) : null,
        _ when state.Status == AlertStatus.Resolved => AlertNotice.Resolution(state),
        _ => state.Count > 1 ? AlertNotice.Repetition(state) : null,
    };
}
