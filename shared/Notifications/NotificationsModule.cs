using Microsoft.Extensions.DependencyInjection;
using Platform.Events;
using Platform.Identity.OAuth;

namespace Platform.Notifications;

public static class NotificationsModule
{
    public static IServiceCollection AddNotifications(this IServiceCollection services)
    {
        services.AddSection<NotificationOptions>(NotificationOptions.Section);
        services.AddSingleton<NotificationMetrics>();
        services.AddSingleton<NotificationPolicies>();
        services.AddSingleton<NotificationSweep>();
        services.AddScoped<NotificationThrottle>();
        services.AddScoped<NotificationFanOut>();
        services.AddScoped<NotificationQueries>();
        services.AddScoped<MarkNotifications>();
        services.AddScoped<AnnotateNotifications>();
        services.AddScoped<IAccountMove, NotificationMove>();
        services.AddSubscriptions();
        services.AddDelivery();
        services.AddEventHandler<NotifyOfMembership>("notifications", NotifyOfMembership.EventTypes);
        services.AddEventHandler<NotifyOfExecution>("notifications", [.. ExecutionNotice.EventTypes]);
        services.AddEventHandler<NotifyOfDomain>("notifications", [NotifyOfDomain.EventType]);
        services.AddEventHandler<NotifyOfTokenExpiry>("notifications", [NotifyOfTokenExpiry.EventType]);
        services.AddEventHandler<NotifyOfQuota>("notifications", [NotifyOfQuota.EventType]);
        services.AddEventHandler<NotifyOfAlert>("notifications", [NotifyOfAlert.EventType]);
        services.AddEventHandler<NotifyOfBuild>("notifications", [.. NotifyOfBuild.EventTypes]);
        services.AddEventHandler<NotifyOfWebhook>("notifications", [NotifyOfWebhook.EventType]);
        services.AddEventHandler<NotifyOfAccountChange>("notifications", [.. NotifyOfAccountChange.EventTypes]);
        return services;
    }

    private static void AddSubscriptions(this IServiceCollection services)
    {
        services.AddScoped<SubscriptionSecrets>();
        services.AddScoped<SubscriptionQueries>();
        services.AddScoped<ReplaceSubscription>();
    }

    private static void AddDelivery(this IServiceCollection services)
    {
        services.AddScoped<DeliveryPlan>();
        services.AddScoped<NotificationSender>();
        services.AddScoped<DeliverNotification>();
    }
}
