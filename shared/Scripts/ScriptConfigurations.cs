using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Platform.Scripts;

internal sealed class SavedScriptConfiguration : IEntityTypeConfiguration<SavedScript>
{
    public void Configure(EntityTypeBuilder<SavedScript> builder)
    {
        builder.ToTable("saved_scripts");
        builder.Property(script => script.Id).ValueGeneratedNever();
        builder.Property(script => script.Version).IsConcurrencyToken();
        builder.Ignore(script => script.Content);
        builder.HasIndex(script => new { script.UserId, script.UpdatedAt }).IsDescending(false, true);
    }
}

internal sealed class ScriptVersionConfiguration : IEntityTypeConfiguration<ScriptVersion>
{
    public void Configure(EntityTypeBuilder<ScriptVersion> builder)
    {
        builder.ToTable("script_versions").HasKey(version => new { version.ScriptId, version.Number });
        builder.Property(version => version.Number).ValueGeneratedNever();
        builder.Ignore(version => version.Content);
        builder.HasOne<SavedScript>().WithMany().HasForeignKey(version => version.ScriptId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class ScriptShareConfiguration : IEntityTypeConfiguration<ScriptShare>
{
    public void Configure(EntityTypeBuilder<ScriptShare> builder)
    {
        builder.ToTable("script_shares");
        builder.Property(share => share.Id).ValueGeneratedNever();
        builder.HasOne<SavedScript>().WithMany().HasForeignKey(share => share.ScriptId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(share => share.TokenHash).IsUnique();
        builder.HasIndex(share => share.ScriptId);
    }
}

internal sealed class ScriptScheduleConfiguration : IEntityTypeConfiguration<ScriptSchedule>
{
    public void Configure(EntityTypeBuilder<ScriptSchedule> builder)
    {
        builder.ToTable("script_schedules").HasKey(schedule => schedule.ScriptId);
        builder.Property(schedule => schedule.ScriptId).ValueGeneratedNever();
        builder.Property(schedule => schedule.Version).IsConcurrencyToken();
        builder.HasOne<SavedScript>().WithOne().HasForeignKey<ScriptSchedule>(schedule => schedule.ScriptId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(schedule => schedule.NextRunAt);
    }
}
