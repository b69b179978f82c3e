using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Events;

namespace Platform.Notifications;

/// <summary>
/// Tells a user in the app how his execution ended. Surplus of one type within an hour is not stored (throttling), a second delivery of the event changes nothing.
/// </summary>
public sealed class NotifyOfExecution(PlatformDbContext db, IOptions<NotificationOptions> options, TimeProvider clock) : IEventHandler
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private static readonly HotQuery<Func<PlatformDbContext, Guid, NotificationType, DateTimeOffset, CancellationToken, Task<int>>> Recent = new(() => EF.CompileAsyncQuery(
        (PlatformDbContext db, Guid user, NotificationType type, DateTimeOffset since, CancellationToken ct) =>
            db.Notifications.Count(n => n.UserId == user && n.Type == type && n.Channel == NotificationChannel.InApp && n.CreatedAt > since)));

    public async Task HandleAsync(PlatformEvent stored, CancellationToken ct)
    {
        if (stored is not { UserId: { } userId, OrganizationId: { } organizationId, AggregateId: { } executionId })
            return;

        var now = clock.GetUtcNow();
        var notice = ExecutionNotice.Of(stored);
        var recent = await Recent.For(db)(db, userId, notice.Type, now - Window, ct);
        if (recent >= options.Value.ThrottlePerHour || await db.Notifications.AnyAsync(n => n.SourceEventId == stored.EventId, ct))
            return;

        var notification = new Notification
        {
            Id = Guid.CreateVersion7(now),
            UserId = userId,
            OrganizationId = organizationId,
            Type = notice.Type,
            Channel = NotificationChannel.InApp,
            Severity = notice.Severity,
            Subject = notice.Subject,
            Body = notice.Body,
            ActionUrl = $"/executions/{executionId}",
            Tags = ["execution", "entity:execution", $"exec:{executionId}", notice.Outcome],
            CorrelationId = stored.CorrelationId,
            RelatedEntityId = executionId,
            RelatedEntityType = "execution",
            SourceEventId = stored.EventId,
            CreatedAt = now,
        };
        notification.Deliver(now);
        db.Notifications.Add(notification);
        Announce(notification, stored);
        await db.SaveChangesAsync(ct);
    }

    private void Announce(Notification notification, PlatformEvent cause) => db.Raise(
        new NotificationCreated(
            notification.Id, notification.UserId, notification.Subject, notification.Body, notification.Severity, notification.Tags, [notification.Channel])
        {
            OwnerId = notification.UserId,
            CausationId = cause.EventId,
        });
}
