using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Data;
using Platform.Identity;

namespace Platform.UserSettings;

internal sealed class SettingsSnapshotConfiguration : IEntityTypeConfiguration<SettingsSnapshot>
{
    public void Configure(EntityTypeBuilder<SettingsSnapshot> builder)
    {
        builder.ToTable("settings_snapshots").HasKey(snapshot => snapshot.UserId);
        builder.Property(snapshot => snapshot.UserId).ValueGeneratedNever();
        builder.Property(snapshot => snapshot.Version).IsConcurrencyToken();
        builder.Property(snapshot => snapshot.Document).HasJsonText();
        builder.Ignore(snapshot => snapshot.IsDue);
        builder.HasOne<User>().WithOne().HasForeignKey<SettingsSnapshot>(snapshot => snapshot.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(snapshot => snapshot.SnapshotAt);
    }
}
