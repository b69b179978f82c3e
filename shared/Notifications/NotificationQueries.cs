using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;

namespace Platform.Notifications;

/// <summary>Reads the caller's own notifications.</summary>
public sealed class NotificationQueries(PlatformDbContext db, Caller caller)
{
    public async Task<Result<NotificationList>> ListAsync(NotificationFilter filter, CancellationToken ct)
    {
        var own = db.Notifications.AsNoTracking().Where(n => n.UserId == caller.UserId);
        var unread = await own.LongCountAsync(
            n => n.Channel == NotificationChannel.InApp && (n.Status == NotificationStatus.Sent || n.Status == NotificationStatus.Delivered), ct);

        var matching = own.Where(n => n.Channel == filter.Channel);
        if (filter.Status is { } status)
            matching = matching.Where(n => n.Status == status);
        matching = matching.OrderByDescending(n => n.CreatedAt).ThenByDescending(n => n.Id);

        if (filter.IncludeTags.Count == 0 && filter.ExcludeTags.Count == 0 && filter.TagPrefix is null)
        {
            var page = await matching.Skip(filter.Offset).Take(filter.Limit).ToListAsync(ct);
            return new NotificationList(page.ConvertAll(NotificationView.From), await matching.LongCountAsync(ct), unread);
        }

        // Tags are a JSON column of few words; a user has at most 30 days of throttled notifications.
        var tagged = (await matching.ToListAsync(ct)).FindAll(n => Matches(n.Tags, filter));
        return new NotificationList([.. tagged.Skip(filter.Offset).Take(filter.Limit).Select(NotificationView.From)], tagged.Count, unread);
    }

    private static bool Matches(IReadOnlyList<string> tags, NotificationFilter filter) =>
        (filter.IncludeTags.Count == 0 || tags.Intersect(filter.IncludeTags).Any())
        && !tags.Intersect(filter.ExcludeTags).Any()
        && (filter.TagPrefix is not { } prefix || tags.Any(t => t.StartsWith(prefix, StringComparison.Ordinal)));
}
