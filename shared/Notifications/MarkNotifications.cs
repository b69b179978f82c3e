using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Notifications;

/// <summary>The caller marks his notifications as read, and deletes them.</summary>
public sealed class MarkNotifications(PlatformDbContext db, TimeProvider clock)
{
    private static readonly NotificationStatus[] Readable = [NotificationStatus.Sent, NotificationStatus.Delivered];
    private static readonly NotificationStatus[] Done = [NotificationStatus.Read, NotificationStatus.Clicked];

    /// <summary>What is read already stays as it is.</summary>
    public Task<Result<Nothing>> ReadAsync(Guid id, CancellationToken ct) => db.InTransactionAsync(() => ReadInTransactionAsync(id, ct), ct);

    /// <summary>The owner followed it, and has read it thereby. Again changes nothing.</summary>
    public Task<Result<Nothing>> ClickAsync(Guid id, string? action, CancellationToken ct) => db.InTransactionAsync(
        async () => await ReadInTransactionAsync(id, ct) is { IsOk: false } refused ? refused : await ClickInTransactionAsync(id, action, ct), ct);

    public async Task<Result<Nothing>> ReadAllAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var userId = db.Caller.UserId!.Value;
        return await db.InTransactionAsync<Result<Nothing>>(
            async () =>
            {
                var unread = db.Notifications.Where(n => n.UserId == userId && n.Channel == NotificationChannel.InApp && Readable.Contains(n.Status));
                var count = await SetReadAsync(unread, now, ct);
                if (count > 0)
                    db.Raise(new NotificationAllRead(userId, count, now));
                await db.SaveChangesAsync(ct);
                return new Nothing();
            },
            ct);
    }

    /// <summary>One that is not sent yet will not be.</summary>
    public Task<Result<NotificationDeleted>> DeleteAsync(Guid id, CancellationToken ct) => db.InTransactionAsync<Result<NotificationDeleted>>(
        async () =>
        {
            if (await Own(id).ExecuteDeleteAsync(ct) == 0)
                return NotificationErrors.NotFound;
            await db.SaveChangesAsync(ct);
            return new NotificationDeleted("Notification deleted");
        },
        ct);

    private async Task<Result<Nothing>> ReadInTransactionAsync(Guid id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var read = await SetReadAsync(Own(id).Where(n => Readable.Contains(n.Status)), now, ct) == 1;
        if (await Own(id).AsNoTracking().SingleOrDefaultAsync(ct) is not { } found)
            return NotificationErrors.NotFound;
        if (!read && !Done.Contains(found.Status))
            return NotificationErrors.NotDelivered;
        if (read)
            db.Raise(new NotificationRead(id, found.UserId, found.Channel, now) { OrganizationId = found.OrganizationId });
        await db.SaveChangesAsync(ct);
        return new Nothing();
    }

    private async Task<Result<Nothing>> ClickInTransactionAsync(Guid id, string? action, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var clicked = await Own(id).Where(n => n.Status == NotificationStatus.Read)
            .ExecuteUpdateAsync(set => set.SetProperty(n => n.Status, NotificationStatus.Clicked).SetProperty(n => n.ClickedAt, now), ct) == 1;
        if (clicked)
        {
            var found = await Own(id).AsNoTracking().Select(n => new { n.UserId, n.Channel, n.OrganizationId }).SingleAsync(ct);
            db.Raise(new NotificationClicked(id, found.UserId, found.Channel, now, action) { OrganizationId = found.OrganizationId });
            await db.SaveChangesAsync(ct);
        }

        return new Nothing();
    }

    private IQueryable<Notification> Own(Guid id) => db.Notifications.Where(n => n.Id == id && n.UserId == db.Caller.UserId);

    private static Task<int> SetReadAsync(IQueryable<Notification> rows, DateTimeOffset now, CancellationToken ct) =>
        rows.ExecuteUpdateAsync(set => set.SetProperty(n => n.Status, NotificationStatus.Read).SetProperty(n => n.ReadAt, now), ct);
}
