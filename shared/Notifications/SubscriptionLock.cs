using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Notifications;

internal static class SubscriptionLock
{
    /// <summary>Holds the subscription's row until the transaction ends: changes of it and collections of its notifications come one after the other, on any node.</summary>
    public static Task LockSubscriptionAsync(this PlatformDbContext db, Guid userId, NotificationChannel channel, CancellationToken ct) =>
        db.NotificationSubscriptions.Where(s => s.UserId == userId && s.Channel == channel).ExecuteUpdateAsync(set => set.SetProperty(s => s.Version, s => s.Version + 1), ct);
}
