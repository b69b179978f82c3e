using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Data;

namespace Platform.Audit;

internal sealed class AuditEntryConfiguration : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("audit_entries").HasKey(entry => entry.Id);
        builder.Property(entry => entry.Changes).HasJsonText();
        builder.Property(entry => entry.Metadata).HasJsonText();
        builder.HasIndex(entry => new { entry.Chain, entry.Sequence }).IsUnique();
        builder.HasIndex(entry => new { entry.OrganizationId, entry.Timestamp });
        builder.HasIndex(entry => new { entry.ActorId, entry.Timestamp });
        builder.HasIndex(entry => new { entry.OrganizationId, entry.Action, entry.Timestamp });
        builder.HasIndex(entry => new { entry.OrganizationId, entry.ResourceId, entry.Timestamp });
        builder.HasIndex(entry => entry.Chain, "ix_audit_entries_waiting").HasFilter("sequence IS NULL");
    }
}
