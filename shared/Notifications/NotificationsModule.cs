using Microsoft.Extensions.DependencyInjection;
using Platform.Events;
using Platform.Identity.OAuth;

namespace Platform.Notifications;

public static class NotificationsModule
{
    public static IServiceCollection AddNotifications(this IServiceCollection services)
    {
        services.AddSection<NotificationOptions>(NotificationOptions.Section);
        services.AddScoped<NotificationQueries>();
        services.AddScoped<IAccountMove, NotificationMove>();
        services.AddScoped<InAppNotifications>();
        services.AddEventHandler<NotifyOfMembership>("notifications", NotifyOfMembership.EventTypes);
        services.AddEventHandler<NotifyOfExecution>("notifications", [.. ExecutionNotice.EventTypes]);
        services.AddEventHandler<NotifyOfTokenExpiry>("notifications", [NotifyOfTokenExpiry.EventType]);
        services.AddEventHandler<NotifyOfAccountChange>("notifications", [.. NotifyOfAccountChange.EventTypes]);
        return services;
    }
}
