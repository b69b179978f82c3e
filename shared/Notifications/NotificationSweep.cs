using Microsoft.Extensions.Options;
using Platform.Data;

namespace Platform.Notifications;

/// <summary>Deletes notifications past their retention; each method says how many rows there were.</summary>
public sealed class NotificationSweep(ExpiredRows expired, IOptions<NotificationOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan SlotLifetime = TimeSpan.FromDays(1);

    public Task<int> DeleteOldAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow().AddDays(-options.Value.RetentionDays);
        // What is put off to a later day goes when it is over.
        return expired.DeleteAsync(db => db.Notifications.Where(n => n.CreatedAt <= before && (n.ScheduledFor == null || n.ScheduledFor <= before)).OrderBy(n => n.CreatedAt), ct);
    }

    public Task<int> DeleteOldSlotsAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - SlotLifetime;
        return expired.DeleteAsync(db => db.ThrottleSlots.Where(slot => slot.TakenAt <= before).OrderBy(slot => slot.TakenAt), ct);
    }
}
