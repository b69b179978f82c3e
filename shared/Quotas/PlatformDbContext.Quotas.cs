using Microsoft.EntityFrameworkCore;
using Platform.Quotas;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<UsageDay> UsageDays => Set<UsageDay>();

    public DbSet<QuotaOverride> QuotaOverrides => Set<QuotaOverride>();

    internal DbSet<QuotaNotice> QuotaNotices => Set<QuotaNotice>();
}
