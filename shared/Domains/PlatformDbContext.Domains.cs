using Microsoft.EntityFrameworkCore;
using Platform.Domains;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<Domain> Domains => Set<Domain>();
}
