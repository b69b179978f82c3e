using Microsoft.EntityFrameworkCore;
using Platform.Alertmanager;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<AlertState> AlertStates => Set<AlertState>();
}
