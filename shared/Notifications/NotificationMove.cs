using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity.OAuth;

namespace Platform.Notifications;

/// <summary>Notifications and subscriptions of an absorbed user are dropped.</summary>
internal sealed class NotificationMove(PlatformDbContext db) : IAccountMove
{
    public IReadOnlyCollection<Type> Entities => [typeof(Notification), typeof(NotificationSubscription), typeof(ThrottleSlot)];

    public async Task MoveAsync(AbsorbedAccount account, CancellationToken ct)
    {
        var from = account.From.UserId;
        await db.Notifications.Where(notification => notification.UserId == from).ExecuteDeleteAsync(ct);
        await db.NotificationSubscriptions.Where(subscription => subscription.UserId == from).ExecuteDeleteAsync(ct);
        await db.ThrottleSlots.Where(slot => slot.UserId == from).ExecuteDeleteAsync(ct);
    }
}
