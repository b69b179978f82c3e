using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Platform.Events;

internal sealed class IdempotencyKeyConfiguration : IEntityTypeConfiguration<IdempotencyKey>
{
    public void Configure(EntityTypeBuilder<IdempotencyKey> builder)
    {
        builder.ToTable("idempotency_keys").HasKey(k => k.Key);
        builder.HasIndex(k => k.ExpiresAt);
        builder.Property(k => k.CreatedAt).IsConcurrencyToken(); // a reservation that was taken over is not completed by its first holder
    }
}
