using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Organizations;

namespace Platform.Databases;

internal sealed class ManagedDatabaseConfiguration : IEntityTypeConfiguration<ManagedDatabase>
{
    public void Configure(EntityTypeBuilder<ManagedDatabase> builder)
    {
        builder.ToTable("databases").HasKey(database => database.Id);
        builder.Property(database => database.Id).ValueGeneratedNever();
        builder.Property(database => database.Version).IsConcurrencyToken();
        builder.Ignore(database => database.StatementTimeout);
        builder.HasOne<Project>().WithMany().HasForeignKey(database => database.ProjectId).OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(database => database.Tags).WithOne().HasForeignKey(tag => tag.DatabaseId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(database => new { database.ProjectId, database.Name }).IsUnique();
        builder.HasIndex(database => new { database.OrganizationId, database.CreatedAt });
        builder.HasIndex(database => database.Status);
    }
}

internal sealed class DatabaseTagConfiguration : IEntityTypeConfiguration<DatabaseTag>
{
    public void Configure(EntityTypeBuilder<DatabaseTag> builder) =>
        builder.ToTable("database_tags").HasKey(tag => new { tag.DatabaseId, tag.Key });
}
