using Microsoft.EntityFrameworkCore;
using Platform.Audit;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    public DbSet<AuditChain> AuditChains => Set<AuditChain>();
}
