using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Notifications;

/// <summary>What is to be sent now, or <paramref name="Step"/> when nothing is.</summary>
public sealed record PlannedDelivery(IReadOnlyList<Notification> Rows, NotificationSubscription? Subscription, DeliveryStep? Step)
{
    public static PlannedDelivery Not(DeliveryStep step) => new([], null, step);
}

/// <summary>Decides what becomes of a delivery: filter, quiet hours, digest, and only then sending.</summary>
public sealed class DeliveryPlan(PlatformDbContext db, INotificationPreferences preferences, TimeProvider clock)
{
    private static readonly NotificationStatus[] Open = [NotificationStatus.Pending, NotificationStatus.Queued, NotificationStatus.Sending];

    /// <summary>Runs in a transaction, which it leaves saved.</summary>
    public async Task<PlannedDelivery> MakeAsync(Guid id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (await FindAnyAsync(id, ct) is not { } first)
            return PlannedDelivery.Not(DeliveryStep.Over);
        await db.LockSubscriptionAsync(first.UserId, first.Channel, ct);
        var rows = await ReadAsync(id, ct);
        if (rows.Count == 0)
            return PlannedDelivery.Not(DeliveryStep.Over);
        if (rows.Max(row => row.ScheduledFor) is { } due && due > now)
            return PlannedDelivery.Not(new DeliveryStep(due));

        var planned = first.Channel == NotificationChannel.InApp ? DeliverInApp(rows, now) : await PlanAsync(rows, now, ct);
        await db.SaveChangesAsync(ct);
        return planned;
    }

    // The leader of a digest may have been deleted since; those that it leads are not forgotten.
    private IQueryable<Notification> OpenRows(Guid id) =>
        db.Notifications.Where(row => ((row.Id == id && row.DigestId == null) || row.DigestId == id) && Open.Contains(row.Status));

    private Task<Notification?> FindAnyAsync(Guid id, CancellationToken ct) => OpenRows(id).AsNoTracking().FirstOrDefaultAsync(ct);

    private Task<List<Notification>> ReadAsync(Guid id, CancellationToken ct) => OpenRows(id).OrderBy(row => row.CreatedAt).ThenBy(row => row.Id).ToListAsync(ct);

    private PlannedDelivery DeliverInApp(List<Notification> rows, DateTimeOffset now)
    {
        foreach (var row in rows)
        {
            row.Deliver(now);
            db.Raise(NotificationDelivered.Of(row, now));
        }

        return PlannedDelivery.Not(DeliveryStep.Over);
    }

    private async Task<PlannedDelivery> PlanAsync(List<Notification> rows, DateTimeOffset now, CancellationToken ct)
    {
        var (userId, channel) = (rows[0].UserId, rows[0].Channel);
        var subscription = await db.NotificationSubscriptions.AsNoTracking().SingleOrDefaultAsync(s => s.UserId == userId && s.Channel == channel, ct);
        var wishes = await preferences.ReadAsync(userId, ct);
        foreach (var row in rows)
        {
            if (!wishes.Channels.Contains(channel))
                row.Skip("The channel is not in the user's settings");
            else if (subscription is null)
                row.Skip("The channel is not enabled");
            else if (subscription.ReasonToSkip(row) is { } reason)
                row.Skip(reason);
        }

        rows.RemoveAll(row => row.Status == NotificationStatus.Skipped);
        if (subscription is null || rows.Count == 0)
            return PlannedDelivery.Not(DeliveryStep.Over);
        return QuietUntil(rows, subscription, now) ?? await CollectAsync(rows, subscription, now, ct) ?? Send(rows, subscription, now);
    }

    private static PlannedDelivery? QuietUntil(List<Notification> rows, NotificationSubscription subscription, DateTimeOffset now)
    {
        if (rows.Exists(row => row.Severity == NotificationSeverity.Urgent) || QuietHours.EndAt(subscription, now) is not { } end)
            return null;
        rows.ForEach(row => row.Postpone(end));
        return PlannedDelivery.Not(new DeliveryStep(end));
    }

    /// <summary>Puts a notification of low severity into the digest that is being collected, or begins one with it.</summary>
    private async Task<PlannedDelivery?> CollectAsync(List<Notification> rows, NotificationSubscription subscription, DateTimeOffset now, CancellationToken ct)
    {
        if (rows is not [{ Severity: NotificationSeverity.Low, DigestId: null, RetryCount: null } low] || subscription.BatchIntervalMinutes == 0)
            return null;
        var leader = await db.Notifications.AsNoTracking()
            .Where(row => row.UserId == low.UserId && row.Channel == low.Channel && row.Status == NotificationStatus.Queued && row.DigestId == row.Id && row.ScheduledFor > now)
            .FirstOrDefaultAsync(ct);
        if (leader is not null)
        {
            low.Collect(leader.Id, leader.ScheduledFor!.Value);
            return PlannedDelivery.Not(DeliveryStep.Over);
        }

        var end = now.AddMinutes(subscription.BatchIntervalMinutes);
        low.Collect(low.Id, end);
        return PlannedDelivery.Not(new DeliveryStep(end));
    }

    private static PlannedDelivery Send(List<Notification> rows, NotificationSubscription subscription, DateTimeOffset now)
    {
        rows.ForEach(row => row.BeginSending(now));
        return new PlannedDelivery(rows, subscription, Step: null);
    }
}
