using Microsoft.Extensions.DependencyInjection;
using Platform.Events;

namespace Platform.Notifications;

public static class NotificationsModule
{
    public static IServiceCollection AddNotifications(this IServiceCollection services)
    {
        services.AddSection<NotificationOptions>(NotificationOptions.Section);
        services.AddScoped<NotificationQueries>();
        services.AddEventHandler<NotifyOfExecution>("notifications", [.. ExecutionNotice.EventTypes]);
        return services;
    }
}
