using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Webhooks;

internal sealed class WebhookConfiguration : IEntityTypeConfiguration<Webhook>
{
    public void Configure(EntityTypeBuilder<Webhook> builder)
    {
        builder.ToTable("webhooks").HasKey(webhook => webhook.Id);
        builder.Property(webhook => webhook.Events).HasJsonConversion();
        builder.Property(webhook => webhook.HeaderNames).HasJsonConversion();
        builder.Property(webhook => webhook.RetryPolicy).HasJsonConversion();
        builder.Property(webhook => webhook.Version).IsConcurrencyToken();
        builder.HasOne<Organization>().WithMany().HasForeignKey(webhook => webhook.OrganizationId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Project>().WithMany().HasForeignKey(webhook => webhook.ProjectId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(webhook => new { webhook.OrganizationId, webhook.ProjectId });
        builder.HasIndex(webhook => webhook.ProjectId);
    }
}

internal sealed class WebhookDeliveryConfiguration : IEntityTypeConfiguration<WebhookDelivery>
{
    public void Configure(EntityTypeBuilder<WebhookDelivery> builder)
    {
        builder.ToTable("webhook_deliveries").HasKey(delivery => delivery.Id);
        builder.Property(delivery => delivery.ClaimId).IsConcurrencyToken();
        builder.HasOne<Organization>().WithMany().HasForeignKey(delivery => delivery.OrganizationId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(delivery => delivery.OrganizationId);
        builder.HasIndex(delivery => new { delivery.EventId, delivery.WebhookId }).IsUnique();
        builder.HasIndex(delivery => new { delivery.WebhookId, delivery.Id });
        builder.HasIndex(delivery => new { delivery.WebhookId, delivery.DueAt }).HasFilter("due_at IS NOT NULL");
        builder.HasIndex(delivery => delivery.DueAt).HasFilter("due_at IS NOT NULL");
        builder.HasIndex(delivery => new { delivery.WebhookId, delivery.ClaimId }).HasFilter("claim_id IS NOT NULL"); // those that run, however many wait
        builder.HasIndex(delivery => delivery.CreatedAt);
    }
}

internal sealed class WebhookAttemptConfiguration : IEntityTypeConfiguration<WebhookAttempt>
{
    public void Configure(EntityTypeBuilder<WebhookAttempt> builder)
    {
        builder.ToTable("webhook_attempts").HasKey(attempt => new { attempt.DeliveryId, attempt.Number });
        builder.Property(attempt => attempt.Number).ValueGeneratedNever();
        builder.Property(attempt => attempt.RequestHeaders).HasJsonConversion();
        builder.Property(attempt => attempt.ResponseHeaders).HasJsonConversion();
        builder.HasOne<WebhookDelivery>().WithMany().HasForeignKey(attempt => attempt.DeliveryId).OnDelete(DeleteBehavior.Cascade);
    }
}
