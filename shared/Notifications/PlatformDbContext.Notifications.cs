using Microsoft.EntityFrameworkCore;
using Platform.Notifications;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<Notification> Notifications => Set<Notification>();

    public DbSet<NotificationSubscription> NotificationSubscriptions => Set<NotificationSubscription>();

    public DbSet<ThrottleSlot> ThrottleSlots => Set<ThrottleSlot>();
}
