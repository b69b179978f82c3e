using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

using Platform.Data;

namespace Platform.Events;

internal sealed class PlatformEventConfiguration : IEntityTypeConfiguration<PlatformEvent>
{
    public void Configure(EntityTypeBuilder<PlatformEvent> builder)
    {
        builder.ToTable("events").HasKey(e => e.RowId);
        builder.Property(e => e.Metadata).HasJsonText();
        builder.Property(e => e.Payload).HasJsonText();
        builder.HasIndex(e => e.EventId).IsUnique();
        builder.HasIndex(e => e.Sequence).IsUnique();
        builder.HasIndex(e => e.RowId, "ix_events_unsequenced").HasFilter("sequence IS NULL");
        builder.HasIndex(e => new { e.AggregateId, e.Sequence });
        builder.HasIndex(e => new { e.UserId, e.Timestamp, e.EventType }); // with the type, so that a user's types and counts need no rows
        builder.HasIndex(e => new { e.EventType, e.Timestamp });
        builder.HasIndex(e => e.Timestamp);
        builder.HasIndex(e => e.StoredAt);
        builder.HasIndex(e => new { e.CorrelationId, e.Sequence });
        builder.HasIndex(e => e.TtlExpiresAt);
    }
}
