using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Data;

namespace Platform.Organizations;

internal sealed class InvitationConfiguration : IEntityTypeConfiguration<Invitation>
{
    public void Configure(EntityTypeBuilder<Invitation> builder)
    {
        builder.ToTable("invitations").HasKey(invitation => invitation.Id);
        builder.Property(invitation => invitation.CustomRoleIds).HasJsonConversion();
        builder.Property(invitation => invitation.ProjectGrants).HasJsonConversion();
        builder.HasOne<Organization>().WithMany().HasForeignKey(invitation => invitation.OrganizationId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(invitation => invitation.TokenHash).IsUnique();
        builder.HasIndex(invitation => new { invitation.OrganizationId, invitation.EmailKey }).IsUnique().HasFilter("state = 'pending'");
        builder.HasIndex(invitation => invitation.EmailKey);
        builder.HasIndex(invitation => new { invitation.State, invitation.ExpiresAt });
    }
}
