using Microsoft.Extensions.DependencyInjection;
using Platform.Dashboards;

namespace Platform.Alerts;

public static class AlertsModule
{
    /// <summary>Registers the area: needs metrics.</summary>
    public static IServiceCollection AddAlerts(this IServiceCollection services)
    {
        services.AddSection<AlertOptions>(AlertOptions.Section);
        services.AddScoped<EvaluateCondition>().AddScoped<AlertJournal>().AddScoped<AlertQueries>();
        services.AddScoped<CreateAlert>().AddScoped<ChangeAlert>().AddScoped<RespondToAlert>().AddScoped<CheckAlert>().AddScoped<AlertCharts>();
        services.AddSingleton<EvaluateAlerts>().AddSingleton<IncidentSweep>();
        services.AddScoped<IDashboardPart, AlertDashboard>();
        return services;
    }
}
