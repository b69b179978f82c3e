using Microsoft.Extensions.DependencyInjection;
using Platform.Dashboards;
using Platform.Events;
using Platform.Organizations;

namespace Platform.Webhooks;

public static class WebhooksModule
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.AddSection<WebhookOptions>(WebhookOptions.Section);
        services.AddSingleton<WebhookAddress>();
        services.AddScoped<WebhookVault>();
        services.AddScoped<WebhookFactory>();
        services.AddScoped<WebhookQueries>().AddScoped<DeliveryQueries>();
        services.AddScoped<CreateWebhook>().AddScoped<ChangeWebhook>().AddScoped<TestWebhook>().AddScoped<RetryDelivery>();
        services.AddScoped<ITenantCleanup, WebhookStop>().AddScoped<ITenantCleanup, WebhookLogCleanup>();
        services.AddSingleton<WebhookSweep>();
        services.AddScoped<IDashboardPart, WebhookDashboard>();
        services.AddDelivery();
        return services.AddEventHandler<WebhookFanOut>(WebhookConsumer.Subscription, PublicEvents.StoredTypes);
    }

    private static void AddDelivery(this IServiceCollection services)
    {
        services.AddSingleton<DeliverySignal>();
        services.AddSingleton<DeliveryClaims>();
        services.AddSingleton<DeliveryAttempt>();
        services.AddSingleton<DeliveryLog>();
        services.AddSingleton<DeliveryBacklog>();
        services.AddSingleton<WebhookConsumer>();
        services.AddSingleton<IEventAudience, WebhookAudience>();
        services.AddScoped<DeliverySender>();
        services.AddScoped<DeliveryOutcome>();
        services.AddHostedService<Deliverer>();
    }
}
