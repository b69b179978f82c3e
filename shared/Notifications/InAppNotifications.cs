using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Events;

namespace Platform.Notifications;

/// <summary>What a user is to be told in the app.</summary>
public sealed record InAppNotice(Guid UserId, Guid OrganizationId, NotificationType Type, NotificationSeverity Severity, string Subject, string Body)
{
    public string? ActionUrl { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public string? RelatedEntityId { get; init; }

    public string? RelatedEntityType { get; init; }
}

/// <summary>
/// Tells users in the app what an event means to them. Surplus of one type within an hour is not stored (throttling); a second delivery of the event changes nothing.
/// </summary>
public sealed class InAppNotifications(PlatformDbContext db, IOptions<NotificationOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private static readonly HotQuery<Func<PlatformDbContext, Guid, NotificationType, DateTimeOffset, CancellationToken, Task<int>>> Recent = new(() => EF.CompileAsyncQuery(
        (PlatformDbContext db, Guid user, NotificationType type, DateTimeOffset since, CancellationToken ct) =>
            db.Notifications.Count(n => n.UserId == user && n.Type == type && n.Channel == NotificationChannel.InApp && n.CreatedAt > since)));

    /// <summary>Adds the notification and its event to the unit of work.</summary>
    public async Task AddAsync(InAppNotice notice, PlatformEvent cause, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var recent = await Recent.For(db)(db, notice.UserId, notice.Type, now - Window, ct);
        if (recent >= options.Value.ThrottlePerHour || await db.Notifications.AnyAsync(n => n.SourceEventId == cause.EventId && n.UserId == notice.UserId, ct))
            return;

        var notification = new Notification
        {
            Id = Guid.CreateVersion7(now),
            UserId = notice.UserId,
            OrganizationId = notice.OrganizationId,
            Type = notice.Type,
            Channel = NotificationChannel.InApp,
            Severity = notice.Severity,
            Subject = notice.Subject,
            Body = notice.Body,
            ActionUrl = notice.ActionUrl,
            Tags = notice.Tags,
            CorrelationId = cause.CorrelationId,
            RelatedEntityId = notice.RelatedEntityId,
            RelatedEntityType = notice.RelatedEntityType,
            SourceEventId = cause.EventId,
            CreatedAt = now,
        };
        notification.Deliver(now);
        db.Notifications.Add(notification);
        db.Raise(NotificationCreated.Of(notification, cause));
    }
}
