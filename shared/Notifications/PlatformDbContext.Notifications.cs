using Microsoft.EntityFrameworkCore;
using Platform.Notifications;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<Notification> Notifications => Set<Notification>();
}
