using Microsoft.EntityFrameworkCore;
using Platform.UserSettings;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<SettingsSnapshot> SettingsSnapshots => Set<SettingsSnapshot>();
}
