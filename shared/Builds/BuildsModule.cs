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
        services.AddScoped<PlanEndHooks>().AddScoped<EndBuild>().AddScoped<CancelBuild>().AddScoped<ReportBuild>().AddScoped<ReportSteps>();
        services.AddScoped<RequestHooks>().AddScoped<RunHooks>();
        services.AddScoped<ITenantCleanup, BuildCleanup>();
        services.AddScoped<IDashboardPart, BuildDashboard>();
        return services.AddExecutor();
    }

    // What runs builds here.
    private static IServiceCollection AddExecutor(this IServiceCollection services)
    {
        services.AddSingleton<BuildFolders>().AddSingleton<BuildSandbox>().AddSingleton<WorkspaceFiles>().AddSingleton<SandboxPipe>().AddSingleton<BuildProgress>();
        services.AddSingleton<BuildPlanner>().AddSingleton<StepRunner>().AddSingleton<DependencyCache>().AddSingleton<CollectArtifacts>();
        services.AddSingleton<WorkspaceSnapshots>().AddSingleton<HookWorkspace>().AddSingleton<BuildLease>().AddSingleton<BuildSweep>();
        services.AddScoped<FetchSource>().AddScoped<BuildVariables>().AddScoped<HookRunner>().AddScoped<BuildHookSteps>().AddScoped<BuildRunner>();
        services.AddScoped<EndHooks>().AddScoped<FinishBuild>().AddScoped<AdvanceBuild>();
        services.AddSingleton<BuildHost>().AddHostedService(provider => provider.GetRequiredService<BuildHost>());
        return services;
    }
}
