using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Workflows;

namespace Platform.Notifications;

/// <summary>
/// Tells a user something: one row in the app and one for each other channel of the type's template that he has switched on in his settings and his subscription.
/// Surplus of one type within an hour is not stored; a second time for the same cause changes nothing.
/// </summary>
public sealed class NotificationFanOut(
    PlatformDbContext db, INotificationPreferences preferences, NotificationThrottle throttle, IWorkflows workflows, IOptions<NotificationOptions> options, TimeProvider clock)
{
    /// <summary>
    /// Adds the rows, their events and their deliveries to the unit of work, which has to be a transaction that ends with its save. Says how many rows there are.
    /// </summary>
    public async Task<Result<int>> AddAsync(Notice notice, NoticeCause cause, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (notice.ScheduledFor is { } at && (at <= now || at > now.AddDays(options.Value.MaxScheduleDays)))
            return NotificationErrors.BadSchedule(options.Value.MaxScheduleDays);
        var wishes = await preferences.ReadAsync(notice.UserId, ct);
        if (!wishes.Wants(notice.Type))
            return 0;
        if (!await throttle.AdmitsAsync(notice, now, ct))
            return NotificationErrors.Throttled;
        if (await db.Notifications.AnyAsync(n => n.SourceEventId == cause.Id && n.UserId == notice.UserId, ct))
            return 0;

        var subscriptions = await db.NotificationSubscriptions.IgnoreQueryFilters([PlatformDbContext.TenantFilterName]).AsNoTracking()
            .Where(s => s.UserId == notice.UserId).ToListAsync(ct);
        AddInApp(New(notice, NotificationChannel.InApp, cause, now), subscriptions.Find(s => s.Channel == NotificationChannel.InApp), cause, now);
        var others = subscriptions.FindAll(s => s.Channel != NotificationChannel.InApp && s.Enabled && notice.Channels.Contains(s.Channel) && wishes.Channels.Contains(s.Channel));
        foreach (var subscription in others)
            AddDelivery(New(notice, subscription.Channel, cause, now), cause);
        return 1 + others.Count;
    }

    private void AddInApp(Notification notification, NotificationSubscription? subscription, NoticeCause cause, DateTimeOffset now)
    {
        if (subscription?.ReasonToSkip(notification) is { } reason)
            notification.Skip(reason);
        else if (notification.ScheduledFor is null)
            notification.Deliver(now);
        if (notification.Status == NotificationStatus.Pending)
        {
            AddDelivery(notification, cause);
            return;
        }

        db.Add(notification);
        db.Raise(NotificationCreated.Of(notification, cause.EventId));
        if (notification.Status == NotificationStatus.Delivered)
            db.Raise(NotificationDelivered.Of(notification, now));
    }

    private void AddDelivery(Notification notification, NoticeCause cause)
    {
        db.Add(notification);
        db.Raise(NotificationCreated.Of(notification, cause.EventId));
        workflows.Start(NotificationDelivery.Name, NotificationDelivery.InstanceId(notification.Id), new NotificationDelivery.Input(notification.Id, cause.CorrelationId));
    }

    private static Notification New(Notice notice, NotificationChannel channel, NoticeCause cause, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        UserId = notice.UserId,
        OrganizationId = notice.OrganizationId,
        Type = notice.Type,
        Channel = channel,
        Severity = notice.Severity,
        Subject = notice.Subject,
        Body = notice.Body,
        ActionUrl = notice.ActionUrl,
        Tags = notice.Tags,
        Metadata = notice.Metadata,
        CorrelationId = cause.CorrelationId,
        RelatedEntityId = notice.RelatedEntityId,
        RelatedEntityType = notice.RelatedEntityType,
        SourceEventId = cause.Id,
        ThrottleTag = notice.ThrottleTag,
        ScheduledFor = notice.ScheduledFor,
        CreatedAt = now,
    };
}
