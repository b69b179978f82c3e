using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Databases;

internal sealed class ManagedDatabaseConfiguration : IEntityTypeConfiguration<ManagedDatabase>
{
    public void Configure(EntityTypeBuilder<ManagedDatabase> builder)
    {
        builder.ToTable("databases").HasKey(database => database.Id);
        builder.Property(database => database.Id).ValueGeneratedNever();
        builder.Property(database => database.Version).IsConcurrencyToken();
        builder.Property(database => database.BackupSchedule).HasJsonConversion();
        builder.Property(database => database.LastRestore).HasJsonConversion();
        builder.Ignore(database => database.StatementTimeout).Ignore(database => database.MakingTimeout);
        builder.Ignore(database => database.IsOverSize);
        builder.HasOne<Project>().WithMany().HasForeignKey(database => database.ProjectId).OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(database => database.Tags).WithOne().HasForeignKey(tag => tag.DatabaseId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(database => new { database.ProjectId, database.Name }).IsUnique();
        builder.HasIndex(database => new { database.OrganizationId, database.CreatedAt });
        builder.HasIndex(database => database.Status);
        builder.HasIndex(database => database.NextBackupAt);
        builder.HasIndex(database => database.RestoringBackupId);
    }
}

internal sealed class DatabaseTagConfiguration : IEntityTypeConfiguration<DatabaseTag>
{
    public void Configure(EntityTypeBuilder<DatabaseTag> builder) =>
        builder.ToTable("database_tags").HasKey(tag => new { tag.DatabaseId, tag.Key });
}

internal sealed class DatabaseBackupConfiguration : IEntityTypeConfiguration<DatabaseBackup>
{
    public void Configure(EntityTypeBuilder<DatabaseBackup> builder)
    {
        builder.ToTable("database_backups").HasKey(backup => backup.Id);
        builder.Property(backup => backup.Id).ValueGeneratedNever();
        builder.Property(backup => backup.ContentId).IsConcurrencyToken();
        builder.Ignore(backup => backup.IsLive);
        builder.HasOne<Project>().WithMany().HasForeignKey(backup => backup.ProjectId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(backup => backup.ProjectId);
        builder.HasIndex(backup => new { backup.DatabaseId, backup.CreatedAt });
        builder.HasIndex(backup => backup.ExpiresAt);
        builder.HasIndex(backup => backup.DatabaseId, "ix_database_backups_live").IsUnique().HasFilter("status IN ('pending', 'running')");
    }
}
