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
        builder.Property(n => n.Metadata).HasJsonConversion();
        builder.HasIndex(n => new { n.UserId, n.Channel, n.CreatedAt }).IsDescending(false, false, true);
        builder.HasIndex(n => new { n.UserId, n.Type, n.CreatedAt });
        builder.HasIndex(n => new { n.RelatedEntityId, n.UserId });
        builder.HasIndex(n => new { n.SourceEventId, n.UserId, n.Channel }).IsUnique();
        builder.HasIndex(n => new { n.Status, n.ScheduledFor });
        builder.HasIndex(n => n.DigestId);
        builder.HasIndex(n => n.CreatedAt);
    }
}

internal sealed class NotificationSubscriptionConfiguration : IEntityTypeConfiguration<NotificationSubscription>
{
    public void Configure(EntityTypeBuilder<NotificationSubscription> builder)
    {
        builder.ToTable("notification_subscriptions").HasKey(s => new { s.UserId, s.Channel });
        builder.Property(s => s.NotificationTypes).HasJsonConversion();
        builder.Property(s => s.Severities).HasJsonConversion();
        builder.Property(s => s.IncludeTags).HasJsonConversion();
        builder.Property(s => s.ExcludeTags).HasJsonConversion();
    }
}

internal sealed class ThrottleSlotConfiguration : IEntityTypeConfiguration<ThrottleSlot>
{
    public void Configure(EntityTypeBuilder<ThrottleSlot> builder)
    {
        builder.ToTable("notification_throttles").HasKey(s => new { s.UserId, s.Kind });
        builder.HasIndex(s => s.TakenAt);
    }
}
