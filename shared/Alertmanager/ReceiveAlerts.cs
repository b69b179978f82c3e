using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;
using Platform.Workflows;

namespace Platform.Alertmanager;

/// <summary>Notes the alerts of a message and has users told of what is new in it, after the commit. Messages are noted one after the other, on any node.</summary>
public sealed class ReceiveAlerts(PlatformDbContext db, IWorkflows workflows, CallerScope scope, TimeProvider clock)
{
    public async Task<AlertReceipt> ReceiveAsync(AlertGroup group, CancellationToken ct)
    {
        if (group.Alerts.Count > 0)
            await db.InTransactionAsync(() => NoteAsync(group, ct), ct);
        return new AlertReceipt("Webhook received and processed", group.Received, group.Alerts.Count, group.Errors);
    }

    private async Task<bool> NoteAsync(AlertGroup group, CancellationToken ct)
    {
        var locked = await db.PlatformLocks.Where(row => row.Name == AlertState.Lock).ExecuteUpdateAsync(set => set.SetProperty(row => row.Taken, row => row.Taken + 1), ct);
        if (locked != 1)
            throw new InvalidOperationException("The lock of alerts is missing.");
        var known = await ReadAsync(group, ct);
        List<AlertFanOut.Item> items = [];
        foreach (var alert in group.Alerts)
        {
            if (Note(alert, group, known) is { } item)
                items.Add(item);
        }

        if (items.Count > 0)
            workflows.Start(AlertFanOut.Name, AlertFanOut.InstanceId(Guid.CreateVersion7(clock.GetUtcNow())), new AlertFanOut.Input(items, scope.CorrelationId));
        await db.SaveChangesAsync(ct);
        return true;
    }

    private async Task<List<AlertState>> ReadAsync(AlertGroup group, CancellationToken ct)
    {
        var fingerprints = group.Alerts.Select(alert => alert.Fingerprint).Distinct().ToArray();
        var beginnings = group.Alerts.Select(alert => alert.StartsAt).Distinct().ToArray();
        return await db.AlertStates.Where(state => fingerprints.Contains(state.Fingerprint) && (state.Status == AlertStatus.Firing || beginnings.Contains(state.StartsAt))).ToListAsync(ct);
    }

    /// <summary>Null when there is nobody to tell.</summary>
    private AlertFanOut.Item? Note(IncomingAlert alert, AlertGroup group, List<AlertState> known)
    {
        var now = clock.GetUtcNow();
        if (Find(alert, known) is not { } state)
        {
            state = db.Add(AlertState.Begin(alert, group, now)).Entity;
            known.Add(state);
            return alert.Status == AlertStatus.Firing ? new AlertFanOut.Item(state.Id, AlertChange.Fired, state.Id) : null;
        }

        if (alert.Status == AlertStatus.Resolved && state.Status == AlertStatus.Firing)
        {
            state.Resolve(alert, group, now);
            return new AlertFanOut.Item(state.Id, AlertChange.Resolved, state.ResolutionId!.Value);
        }

        var repeats = state.Count;
        state.Repeat(alert, group, now);
        return state.Count > repeats && state.CauseId is { } cause ? new AlertFanOut.Item(state.Id, AlertChange.Repeated, cause) : null;
    }

    // The end of an alert names its beginning; one that names another ends what fires.
    private static AlertState? Find(IncomingAlert alert, List<AlertState> known) =>
        known.Find(state => state.Fingerprint == alert.Fingerprint && state.StartsAt == alert.StartsAt)
        ?? (alert.Status == AlertStatus.Resolved
            ? known.Where(state => state.Fingerprint == alert.Fingerprint && state.Status == AlertStatus.Firing).MaxBy(state => state.StartsAt)
            : null);
}
