using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Notifications;

/// <summary>
/// Takes a notification, or the digest that it leads, as far as it can go now. A receiver may get a message twice when the process dies between sending and noting it;
/// <c>X-Notification-Id</c> tells.
/// </summary>
public sealed class DeliverNotification(PlatformDbContext db, DeliveryPlan plan, NotificationSender sender, TimeProvider clock)
{
    public async Task<DeliveryStep> AdvanceAsync(Guid id, CancellationToken ct)
    {
        var planned = await db.InTransactionAsync(() => plan.MakeAsync(id, ct), ct);
        if (planned.Step is { } step)
            return step;
        var error = await sender.SendAsync(planned.Rows, planned.Subscription!, ct);
        return await RecordAsync([.. planned.Rows.Select(row => row.Id)], error, ct);
    }

    private async Task<DeliveryStep> RecordAsync(Guid[] ids, string? error, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                db.Discard();
                var rows = await db.Notifications.Where(row => ids.Contains(row.Id) && row.Status == NotificationStatus.Sending).ToListAsync(ct);
                Record(rows, error, clock.GetUtcNow());
                await db.SaveChangesAsync(ct);
                return new DeliveryStep(rows.Where(row => row.Status == NotificationStatus.Pending).Max(row => row.ScheduledFor));
            }
            catch (DbUpdateConcurrencyException)
            {
                // the user has deleted one of them
            }
        }
    }

    private void Record(List<Notification> rows, string? error, DateTimeOffset now)
    {
        foreach (var row in rows)
        {
            if (error is null)
                row.Accept(now);
            else
                row.FailTry(error, now);
            if (row.Status == NotificationStatus.Delivered)
            {
                db.Raise(NotificationSent.Of(row, now));
                db.Raise(NotificationDelivered.Of(row, now));
            }
            else if (row.Status == NotificationStatus.Failed)
            {
                db.Raise(NotificationFailed.Of(row));
            }
        }
    }
}
