using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Data;

namespace Platform.Notifications;

internal sealed class NotificationConfiguration : IEntityTypeConfiguration<Notification>
{
    public void Configure(EntityTypeBuilder<Notification> builder)
    {
        builder.ToTable("notifications");
        builder.Property(n => n.Id).ValueGeneratedNever();
        builder.Property(n => n.Tags).HasJsonConversion();
        builder.HasIndex(n => new { n.UserId, n.Channel, n.CreatedAt }).IsDescending(false, false, true);
        builder.HasIndex(n => new { n.UserId, n.Type, n.CreatedAt });
        builder.HasIndex(n => new { n.RelatedEntityId, n.UserId });
        builder.HasIndex(n => new { n.SourceEventId, n.UserId, n.Channel }).IsUnique();
    }
}
