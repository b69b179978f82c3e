using Microsoft.EntityFrameworkCore;
using Platform.Settings;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<SystemSettingsDocument> SystemSettings => Set<SystemSettingsDocument>();
}
