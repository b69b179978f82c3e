using Microsoft.EntityFrameworkCore;
using Platform.Agents;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<ProviderKey> ProviderKeys => Set<ProviderKey>();

    public DbSet<UsageCounter> UsageCounters => Set<UsageCounter>();
}
