using Microsoft.EntityFrameworkCore;
using Platform.Webhooks;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<Webhook> Webhooks => Set<Webhook>();

    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();

    public DbSet<WebhookAttempt> WebhookAttempts => Set<WebhookAttempt>();
}
