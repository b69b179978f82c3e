using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Identity;
using Platform.Notifications;

namespace Platform.Alertmanager;

/// <summary>A user who is told of an alert, and his personal organization.</summary>
public sealed record AlertTarget(Guid UserId, Guid OrganizationId);

/// <summary>Finds who is told of an alert: operators, and of a critical one everybody who was seen in the last 30 days.</summary>
public sealed class AlertTargets(PlatformDbContext db, IOptions<AlertmanagerOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan Recent = TimeSpan.FromDays(30);

    /// <summary>The next users in the order of their ids.</summary>
    public async Task<IReadOnlyList<AlertTarget>> PageAsync(string severity, Guid after, int size, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var since = now - Recent;
        var isForAll = options.Value.BroadcastCritical && AlertNotice.SeverityOf(severity) == NotificationSeverity.High;
        var users = db.Users.AsNoTracking().Where(user => user.IsActive && !(user.BannedUntil > now) && user.Id.CompareTo(after) > 0);
        users = isForAll
            ? users.Where(user => user.PlatformRole == PlatformRole.Admin || user.LastLoginAt >= since || db.Sessions.Any(session => session.UserId == user.Id && session.LastSeenAt >= since))
            : users.Where(user => user.PlatformRole == PlatformRole.Admin);
        return await users.Join(db.Organizations, user => (Guid?)user.Id, organization => organization.PersonalUserId, (user, organization) => new { UserId = user.Id, OrganizationId = organization.Id })
            .OrderBy(target => target.UserId).Take(size).Select(target => new AlertTarget(target.UserId, target.OrganizationId)).ToListAsync(ct);
    }
}
