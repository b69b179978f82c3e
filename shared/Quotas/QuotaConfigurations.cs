using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Platform.Quotas;

internal sealed class UsageDayConfiguration : IEntityTypeConfiguration<UsageDay>
{
    public void Configure(EntityTypeBuilder<UsageDay> builder)
    {
        builder.ToTable("usage_days").HasKey(row => new { row.OrganizationId, row.Day, row.ProjectId, row.UserId });
        builder.HasIndex(row => new { row.UserId, row.Day });
        builder.HasIndex(row => new { row.ProjectId, row.Day });
        builder.HasIndex(row => row.Day);
    }
}

internal sealed class QuotaOverrideConfiguration : IEntityTypeConfiguration<QuotaOverride>
{
    public void Configure(EntityTypeBuilder<QuotaOverride> builder)
    {
        builder.ToTable("quota_overrides").HasKey(row => row.SubjectId);
        builder.Property(row => row.SubjectId).ValueGeneratedNever();
        builder.Property(row => row.Version).IsConcurrencyToken();
    }
}

internal sealed class QuotaNoticeConfiguration : IEntityTypeConfiguration<QuotaNotice>
{
    public void Configure(EntityTypeBuilder<QuotaNotice> builder)
    {
        builder.ToTable("quota_notices").HasKey(row => new { row.SubjectId, row.Day, row.Quota, row.Level });
        builder.HasIndex(row => row.Day);
    }
}
