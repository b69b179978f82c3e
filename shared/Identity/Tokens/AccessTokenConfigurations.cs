using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Identity;

internal sealed class AccessTokenConfiguration : IEntityTypeConfiguration<AccessToken>
{
    public void Configure(EntityTypeBuilder<AccessToken> builder)
    {
        builder.ToTable("access_tokens").HasKey(token => token.Id);
        builder.Property(token => token.Id).ValueGeneratedNever();
        builder.Property(token => token.Scopes).HasJsonConversion();
        builder.Property(token => token.IpAllowList).HasJsonConversion();
        builder.Ignore(token => token.Life);
        builder.HasOne<User>().WithMany().HasForeignKey(token => token.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Organization>().WithMany().HasForeignKey(token => token.OrganizationId).OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(token => token.Projects).WithOne().HasForeignKey(bound => bound.TokenId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(token => token.Hash).IsUnique();
        builder.HasIndex(token => token.PreviousHash).IsUnique();
        builder.HasIndex(token => new { token.UserId, token.NameKey }).IsUnique().HasFilter("kind = 'user'");
        builder.HasIndex(token => new { token.JobId, token.NameKey }).IsUnique();
        builder.HasIndex(token => new { token.OrganizationId, token.Kind, token.CreatedAt });
        builder.HasIndex(token => token.ExpiresAt);
        builder.HasIndex(token => token.RevokedAt);
    }
}

internal sealed class AccessTokenProjectConfiguration : IEntityTypeConfiguration<AccessTokenProject>
{
    public void Configure(EntityTypeBuilder<AccessTokenProject> builder)
    {
        builder.ToTable("access_token_projects").HasKey(bound => new { bound.TokenId, bound.ProjectId });
        builder.HasOne<Project>().WithMany().HasForeignKey(bound => bound.ProjectId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(bound => bound.ProjectId);
    }
}

internal sealed class TokenUsageDayConfiguration : IEntityTypeConfiguration<TokenUsageDay>
{
    public void Configure(EntityTypeBuilder<TokenUsageDay> builder)
    {
        builder.ToTable("token_usage_days").HasKey(row => new { row.TokenId, row.Date, row.Route, row.Class, row.IpAddress });
        builder.HasIndex(row => row.Date);
    }
}

internal sealed class TokenLatencyDayConfiguration : IEntityTypeConfiguration<TokenLatencyDay>
{
    public void Configure(EntityTypeBuilder<TokenLatencyDay> builder)
    {
        builder.ToTable("token_latency_days").HasKey(row => new { row.TokenId, row.Date, row.Route, row.Bucket });
        builder.HasIndex(row => row.Date);
    }
}
