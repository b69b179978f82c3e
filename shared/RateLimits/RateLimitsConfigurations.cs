using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Data;
using Platform.Identity;

namespace Platform.RateLimits;

internal sealed class UserLimitsConfiguration : IEntityTypeConfiguration<UserLimits>
{
    public void Configure(EntityTypeBuilder<UserLimits> builder)
    {
        builder.ToTable("user_limits").HasKey(limits => limits.UserId);
        builder.Property(limits => limits.Rules).HasJsonConversion();
        builder.HasOne<User>().WithOne().HasForeignKey<UserLimits>(limits => limits.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class RateBucketRowConfiguration : IEntityTypeConfiguration<RateBucketRow>
{
    public void Configure(EntityTypeBuilder<RateBucketRow> builder)
    {
        builder.ToTable("rate_buckets").HasKey(bucket => bucket.Bucket);
        builder.HasIndex(bucket => bucket.ExpiresAt);
    }
}
