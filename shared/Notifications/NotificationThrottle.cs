using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Data;

namespace Platform.Notifications;

/// <summary>
/// Lets a user have so many notifications of one type within a rolling hour (<c>Notifications:ThrottlePerHour</c>). Security alerts, and urgent or high ones that come
/// from alerts, are always let through.
/// </summary>
public sealed class NotificationThrottle(PlatformDbContext db, DatabaseSettings settings, IOptions<NotificationOptions> options, NotificationMetrics metrics)
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private static readonly string[] AllOrganizations = [PlatformDbContext.TenantFilterName];

    private static readonly HotQuery<Func<PlatformDbContext, Guid, NotificationType, string?, DateTimeOffset, CancellationToken, Task<int>>> Recent = new(() => EF.CompileAsyncQuery(
        (PlatformDbContext db, Guid user, NotificationType type, string? tag, DateTimeOffset since, CancellationToken ct) =>
            db.Notifications.IgnoreQueryFilters(AllOrganizations).Count(n => n.UserId == user && n.Type == type && n.Channel == NotificationChannel.InApp && n.CreatedAt > since && n.ThrottleTag == tag)));

    /// <summary>Whether there is room for one more. The answer holds until the transaction that it is asked in ends.</summary>
    public async Task<bool> AdmitsAsync(Notice notice, DateTimeOffset now, CancellationToken ct)
    {
        if (notice.Type == NotificationType.SecurityAlert || (notice.IsAlert && notice.Severity >= NotificationSeverity.High))
            return true;
        if (await HasRoomAsync(notice, now, ct))
        {
            await TakeTurnAsync(notice, now, ct);
            if (await HasRoomAsync(notice, now, ct))
                return true;
        }

        metrics.Throttled(notice.Type);
        return false;
    }

    private async Task<bool> HasRoomAsync(Notice notice, DateTimeOffset now, CancellationToken ct) =>
        await Recent.For(db)(db, notice.UserId, notice.Type, notice.ThrottleTag, now - Window, ct) < options.Value.ThrottlePerHour;

    private Task<int> TakeTurnAsync(Notice notice, DateTimeOffset now, CancellationToken ct)
    {
        var kind = $"{EnumWords<NotificationType>.ToWord(notice.Type)} {notice.ThrottleTag}".TrimEnd();
        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO notification_throttles (user_id, kind, taken_at) VALUES ({settings.Key(notice.UserId)}, {kind}, {settings.Instant(now)})
            ON CONFLICT (user_id, kind) DO UPDATE SET taken_at = excluded.taken_at
            """,
            ct);
    }
}
