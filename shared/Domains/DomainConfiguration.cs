using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Domains;

internal sealed class DomainConfiguration : IEntityTypeConfiguration<Domain>
{
    public void Configure(EntityTypeBuilder<Domain> builder)
    {
        builder.ToTable("domains").HasKey(domain => domain.Id);
        builder.Property(domain => domain.Version).IsConcurrencyToken();
        builder.Property(domain => domain.Found).HasJsonConversion();
        builder.Ignore(domain => domain.RecordName).Ignore(domain => domain.RecordValue);
        builder.HasOne<Project>().WithMany().HasForeignKey(domain => domain.ProjectId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(domain => domain.ProjectId);
        builder.HasIndex(domain => new { domain.OrganizationId, domain.Name }).IsUnique();
        builder.HasIndex(domain => domain.Name, "ix_domains_verified").IsUnique().HasFilter("status = 'verified'");
        builder.HasIndex(domain => domain.ProjectId, "ix_domains_primary").IsUnique().HasFilter("is_primary");
        builder.HasIndex(domain => domain.TargetFunctionId);
        builder.HasIndex(domain => domain.NextCheckAt).HasFilter("next_check_at IS NOT NULL");
    }
}
