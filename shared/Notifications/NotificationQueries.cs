using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;
using Platform.Identity;

namespace Platform.Notifications;

/// <summary>Reads the caller's own notifications.</summary>
public sealed class NotificationQueries(PlatformDbContext db, Caller caller)
{
    /// <summary>Events that are looked through for what a stream has missed; those of other channels are among them.</summary>
    private const int MostLookedAt = 1000;

    private static readonly string[] StreamedTypes = [NotificationDelivered.TypeName, NotificationRead.TypeName, NotificationAllRead.TypeName];

    public async Task<Result<NotificationList>> ListAsync(NotificationFilter filter, CancellationToken ct)
    {
        var unread = await CountUnreadAsync(ct);
        var matching = Own.Where(n => n.Channel == filter.Channel);
        if (filter.Status is { } status)
            matching = matching.Where(n => n.Status == status);
        matching = matching.OrderByDescending(n => n.CreatedAt).ThenByDescending(n => n.Id);

        if (filter.IncludeTags.Count == 0 && filter.ExcludeTags.Count == 0 && filter.TagPrefix is null)
        {
            var page = await matching.Skip(filter.Offset).Take(filter.Limit).ToListAsync(ct);
            return new NotificationList(page.ConvertAll(NotificationView.From), await matching.LongCountAsync(ct), unread);
        }

        // Tags are a JSON column of few words, which the two databases search differently; a user has at most 30 days of throttled notifications.
        var tagged = (await matching.Select(n => new { n.Id, n.Tags }).ToListAsync(ct)).FindAll(n => Matches(n.Tags, filter));
        var ids = tagged.Skip(filter.Offset).Take(filter.Limit).Select(n => n.Id).ToArray();
        var shown = await matching.Where(n => ids.Contains(n.Id)).ToListAsync(ct);
        return new NotificationList(shown.ConvertAll(NotificationView.From), tagged.Count, unread);
    }

    public Task<long> CountUnreadAsync(CancellationToken ct) => Own.LongCountAsync(
        n => n.Channel == NotificationChannel.InApp && (n.Status == NotificationStatus.Sent || n.Status == NotificationStatus.Delivered), ct);

    public async Task<NotificationView?> FindAsync(Guid id, CancellationToken ct) =>
        await Own.SingleOrDefaultAsync(n => n.Id == id, ct) is { } found ? NotificationView.From(found) : null;

    /// <summary>Whether a stream shows the event: a notification that has arrived in the app, or that some were read.</summary>
    public static bool Streams(PlatformEvent stored) => stored.EventType == NotificationDelivered.TypeName ? NotificationDelivered.IsInApp(stored) : StreamedTypes.Contains(stored.EventType);

    /// <summary>What a stream has missed since <paramref name="after"/>, in order: at most the newest <paramref name="limit"/> events.</summary>
    public async Task<IReadOnlyList<PlatformEvent>> MissedAsync(long after, int limit, CancellationToken ct)
    {
        var newest = await db.Events.AsNoTracking().Where(e => e.UserId == caller.UserId && e.Sequence > after && StreamedTypes.Contains(e.EventType))
            .OrderByDescending(e => e.Sequence).Take(MostLookedAt).ToListAsync(ct);
        return [.. newest.Where(Streams).Take(limit).Reverse()];
    }

    private IQueryable<Notification> Own => db.Notifications.AsNoTracking().Where(n => n.UserId == caller.UserId);

    private static bool Matches(IReadOnlyList<string> tags, NotificationFilter filter) =>
        (filter.IncludeTags.Count == 0 || tags.Intersect(filter.IncludeTags).Any())
        && !tags.Intersect(filter.ExcludeTags).Any()
        && (filter.TagPrefix is not { } prefix || tags.Any(t => t.StartsWith(prefix, StringComparison.Ordinal)));
}
