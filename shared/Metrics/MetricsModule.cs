using Microsoft.Extensions.DependencyInjection;
using Platform.Dashboards;

namespace Platform.Metrics;

public static class MetricsModule
{
    /// <summary>Registers the area: needs the platform's data, settings and organizations.</summary>
    public static IServiceCollection AddTimeSeries(this IServiceCollection services)
    {
        services.AddSection<AnalyticsOptions>(AnalyticsOptions.Section);
        services.AddScoped<SeriesRegistry>().AddScoped<PointWriter>().AddScoped<RecordMetrics>();
        services.AddScoped<SeriesQueries>().AddScoped<PointReader>().AddScoped<MetricQueries>().AddScoped<AggregateMetrics>().AddScoped<WindowQueries>();
        services.AddScoped<MetricSummaries>().AddScoped<IDashboardPart, ApiDashboard>().AddScoped<IDashboardPart, CustomDashboard>();
        services.AddSingleton<MetricSweep>().AddSingleton<PlatformSeries>().AddHostedService<PlatformSeriesWriter>();
        return services;
    }
}
