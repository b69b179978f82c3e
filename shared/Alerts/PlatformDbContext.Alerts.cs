using Microsoft.EntityFrameworkCore;
using Platform.Alerts;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<AlertRule> AlertRules => Set<AlertRule>();

    public DbSet<AlertIncident> AlertIncidents => Set<AlertIncident>();
}
