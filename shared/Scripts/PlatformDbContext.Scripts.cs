using Microsoft.EntityFrameworkCore;
using Platform.Scripts;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<SavedScript> SavedScripts => Set<SavedScript>();

    internal DbSet<ScriptVersion> ScriptVersions => Set<ScriptVersion>();

    internal DbSet<ScriptShare> ScriptShares => Set<ScriptShare>();

    internal DbSet<ScriptSchedule> ScriptSchedules => Set<ScriptSchedule>();
}
