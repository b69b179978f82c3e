using Microsoft.EntityFrameworkCore;
using Platform.Databases;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<ManagedDatabase> Databases => Set<ManagedDatabase>();

    public DbSet<DatabaseBackup> DatabaseBackups => Set<DatabaseBackup>();
}
