using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity.OAuth;

namespace Platform.Notifications;

/// <summary>Notifications of an absorbed user are dropped.</summary>
internal sealed class NotificationMove(PlatformDbContext db) : IAccountMove
{
    public IReadOnlyCollection<Type> Entities => [typeof(Notification)];

    public Task MoveAsync(AbsorbedAccount account, CancellationToken ct) =>
        db.Notifications.Where(notification => notification.UserId == account.From.UserId).ExecuteDeleteAsync(ct);
}
