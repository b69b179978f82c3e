using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

using Platform.Data;

namespace Platform.Events;

/// <summary>The newest event of one aggregate that a consumer has dealt with.</summary>
[PlatformScoped]
public sealed class ConsumerOffset
{
    public required string Consumer { get; init; }

    public required string AggregateId { get; init; }

    public long Sequence { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }
}

internal sealed class ConsumerOffsetConfiguration : IEntityTypeConfiguration<ConsumerOffset>
{
    public void Configure(EntityTypeBuilder<ConsumerOffset> builder)
    {
        builder.ToTable("consumer_offsets").HasKey(o => new { o.Consumer, o.AggregateId });
        builder.HasIndex(o => o.UpdatedAt);
    }
}
