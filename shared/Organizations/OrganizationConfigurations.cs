using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

internal sealed class OrganizationConfiguration : IEntityTypeConfiguration<Organization>
{
    public void Configure(EntityTypeBuilder<Organization> builder)
    {
        builder.ToTable("organizations").HasKey(organization => organization.Id);
        builder.Property(organization => organization.Version).IsConcurrencyToken();
        builder.HasIndex(organization => organization.Slug).IsUnique();
        builder.HasIndex(organization => organization.PersonalUserId).IsUnique();
    }
}

internal sealed class ProjectConfiguration : IEntityTypeConfiguration<Project>
{
    public void Configure(EntityTypeBuilder<Project> builder)
    {
        builder.ToTable("projects").HasKey(project => project.Id);
        builder.Property(project => project.Version).IsConcurrencyToken();
        builder.HasOne<Organization>().WithMany().HasForeignKey(project => project.OrganizationId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(project => new { project.OrganizationId, project.NameKey }).IsUnique().HasFilter("status <> 'deleted'");
        builder.HasIndex(project => new { project.OrganizationId, project.Slug }).IsUnique().HasFilter("status <> 'deleted'");
        builder.HasIndex(project => project.OrganizationId, "ix_projects_default").IsUnique().HasFilter("is_default");
        builder.HasIndex(project => new { project.Status, project.DeletedAt });
    }
}

internal sealed class MembershipConfiguration : IEntityTypeConfiguration<Membership>
{
    public void Configure(EntityTypeBuilder<Membership> builder)
    {
        builder.ToTable("memberships").HasKey(membership => membership.Id);
        builder.HasOne<Organization>().WithMany().HasForeignKey(membership => membership.OrganizationId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<User>().WithMany().HasForeignKey(membership => membership.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(membership => new { membership.OrganizationId, membership.UserId }).IsUnique();
        builder.HasIndex(membership => membership.UserId);
    }
}

internal sealed class RoleAssignmentConfiguration : IEntityTypeConfiguration<RoleAssignment>
{
    public void Configure(EntityTypeBuilder<RoleAssignment> builder)
    {
        builder.ToTable("role_assignments").HasKey(assignment => assignment.Id);
        builder.HasOne<Project>().WithMany().HasForeignKey(assignment => assignment.ProjectId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<User>().WithMany().HasForeignKey(assignment => assignment.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(assignment => new { assignment.UserId, assignment.RoleId, assignment.ProjectId }).IsUnique();
        builder.HasIndex(assignment => new { assignment.UserId, assignment.RoleId }, "ix_role_assignments_organization_wide").IsUnique().HasFilter("project_id IS NULL");
        builder.HasIndex(assignment => assignment.OrganizationId);
        builder.HasIndex(assignment => assignment.ProjectId);
    }
}

internal sealed class RoleConfiguration : IEntityTypeConfiguration<Role>
{
    public void Configure(EntityTypeBuilder<Role> builder)
    {
        builder.ToTable("roles").HasKey(role => role.Id);
        builder.Property(role => role.Permissions).HasJsonConversion();
        builder.Property(role => role.Inherits).HasJsonConversion();
        builder.Property(role => role.Closure).HasJsonConversion();
        builder.Property(role => role.BuiltIns).HasJsonConversion();
        builder.Property(role => role.Version).IsConcurrencyToken();
        builder.HasOne<Organization>().WithMany().HasForeignKey(role => role.OrganizationId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(role => new { role.OrganizationId, role.NameKey }).IsUnique();
    }
}
