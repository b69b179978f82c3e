using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Platform.Identity.OAuth;

internal sealed class LinkedIdentityConfiguration : IEntityTypeConfiguration<LinkedIdentity>
{
    public void Configure(EntityTypeBuilder<LinkedIdentity> builder)
    {
        builder.ToTable("linked_identities").HasKey(identity => identity.Id);
        builder.HasOne<User>().WithMany().HasForeignKey(identity => identity.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(identity => new { identity.Provider, identity.ExternalUserId }).IsUnique();
        builder.HasIndex(identity => new { identity.UserId, identity.Provider }).IsUnique();
    }
}

internal sealed class OAuthFlowConfiguration : IEntityTypeConfiguration<OAuthFlow>
{
    public void Configure(EntityTypeBuilder<OAuthFlow> builder)
    {
        builder.ToTable("oauth_flows").HasKey(flow => flow.StateHash);
        builder.HasOne<User>().WithMany().HasForeignKey(flow => flow.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(flow => flow.UserId);
        builder.HasIndex(flow => flow.ExpiresAt);
    }
}
