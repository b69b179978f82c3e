using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Data;

namespace Platform.Settings;

internal sealed class SystemSettingsConfiguration : IEntityTypeConfiguration<SystemSettingsDocument>
{
    public void Configure(EntityTypeBuilder<SystemSettingsDocument> builder)
    {
        builder.ToTable("system_settings").HasKey(settings => settings.Id);
        builder.Property(settings => settings.Id).ValueGeneratedNever();
        builder.Property(settings => settings.Document).HasJsonText();
        builder.Property(settings => settings.Version).IsConcurrencyToken();
    }
}
