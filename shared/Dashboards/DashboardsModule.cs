using Microsoft.Extensions.DependencyInjection;

namespace Platform.Dashboards;

public static class DashboardsModule
{
    /// <summary>Registers the area: the parts are registered by the areas that they show.</summary>
    public static IServiceCollection AddDashboards(this IServiceCollection services) => services.AddScoped<ReadDashboard>();
}
