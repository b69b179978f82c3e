using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

using Platform.Data;

namespace Platform.DeadLetters;

internal sealed class DeadLetterConfiguration : IEntityTypeConfiguration<DeadLetter>
{
    public void Configure(EntityTypeBuilder<DeadLetter> builder)
    {
        builder.ToTable("dlq_messages").HasKey(m => m.Id);
        builder.Property(m => m.Event).HasJsonText();
        builder.HasIndex(m => new { m.EventId, m.OriginalTopic, m.Consumer }).IsUnique();
        builder.HasIndex(m => new { m.Status, m.NextRetryAt });
        builder.HasIndex(m => new { m.UserId, m.FailedAt });
    }
}

internal sealed class StoredDeadLetterPolicyConfiguration : IEntityTypeConfiguration<StoredDeadLetterPolicy>
{
    public void Configure(EntityTypeBuilder<StoredDeadLetterPolicy> builder) => builder.ToTable("dlq_policies").HasKey(p => new { p.Scope, p.Topic });
}
