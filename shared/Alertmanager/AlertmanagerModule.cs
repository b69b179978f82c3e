using Microsoft.Extensions.DependencyInjection;

namespace Platform.Alertmanager;

public static class AlertmanagerModule
{
    public static IServiceCollection AddAlertmanager(this IServiceCollection services)
    {
        services.AddSection<AlertmanagerOptions>(AlertmanagerOptions.Section);
        services.AddSingleton<AlertmanagerAccess>();
        services.AddSingleton<AlertSweep>();
        services.AddSingleton<TellOfAlert>();
        services.AddScoped<ReceiveAlerts>();
        services.AddScoped<AlertTargets>();
        services.AddScoped<AnnotateAlert>();
        return services;
    }
}
