using Microsoft.Extensions.DependencyInjection;
using Platform.Dashboards;
using Platform.Organizations;

namespace Platform.Builds;

public static class BuildsModule
{
    /// <summary>Registers the area: needs the platform's data, organizations, series, variables, blobs, outbound traffic and sandbox.</summary>
    public static IServiceCollection AddBuilds(this IServiceCollection services)
    {
        services.AddSection<BuildOptions>(BuildOptions.Section);
        services.AddSingleton<BuildLogSignal>().AddSingleton<RunningBuilds>().AddSingleton<BuildRuntimes>();
        services.AddScoped<BuildClock>().AddScoped<BuildVault>().AddScoped<BuildAddress>();
        services.AddScoped<BuildConfigs>().AddScoped<ChangeBuildConfig>();
        services.AddScoped<BuildQueries>().AddScoped<BuildFigureQueries>().AddScoped<AnalyzeBuilds>().AddScoped<LogReader>().AddScoped<AppendLog>();
        services.AddScoped<BuildArtifacts>().AddScoped<NewSources>().AddScoped<BuildStarter>().AddScoped<CreateBuild>().AddScoped<RetryBuild>().AddScoped<BuildSlots>();
        services.AddScoped<EndBuild>().AddScoped<CancelBuild>().AddScoped<ReportBuild>().AddScoped<ReportSteps>();
        services.AddScoped<ITenantCleanup, BuildCleanup>();
        services.AddScoped<IDashboardPart, BuildDashboard>();
        return services;
    }
}
