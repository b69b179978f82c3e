using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.Dashboards;
using Platform.Domains;
using Platform.Organizations;

namespace Platform.UserFunctions;

public static class UserFunctionsModule
{
    /// <summary>After the sandbox: at the end workers go before it does.</summary>
    public static IServiceCollection AddUserFunctions(this IServiceCollection services)
    {
        services.AddSection<FunctionOptions>(FunctionOptions.Section);
        services.AddSingleton<FunctionRuntimes>().AddSingleton<CodeFolders>().AddSingleton<FunctionCode>().AddSingleton<ActiveFunctions>().AddSingleton<FunctionChanges>();
        services.AddScoped<FunctionVault>().AddScoped<FunctionQueries>().AddScoped<FunctionVersions>().AddScoped<FunctionLimits>();
        services.AddScoped<CreateFunction>().AddScoped<ChangeFunction>().AddScoped<ChangeCode>().AddScoped<ToggleFunction>().AddScoped<DeleteFunction>();
        services.AddScoped<StartDeployment>().AddScoped<DeployFunction>().AddScoped<FunctionProbe>();
        services.AddSingleton<FunctionCompiler>().AddSingleton<FunctionPackager>().AddSingleton<DeploymentSwitch>();
        services.AddScoped<InvokeFunction>().AddScoped<TestFunction>().AddSingleton<TestTurns>();
        services.AddScoped<ChangeFunctionUrl>().AddScoped<CallFunctionUrl>().AddScoped<IDomainTargets, FunctionTargets>();
        services.AddScoped<InvocationQueries>().AddScoped<InvocationFigures>().AddScoped<FunctionStatistics>().AddScoped<FunctionMetrics>().AddScoped<AnalyzeFunction>();
        services.AddScoped<ITenantCleanup, FunctionCleanup>().AddSingleton<FunctionSweep>();
        services.AddScoped<IDashboardPart, FunctionDashboard>().AddScoped<IDashboardPart, DeploymentDashboard>();
        services.AddWorkers();
        return services;
    }

    private static void AddWorkers(this IServiceCollection services)
    {
        services.AddSingleton<WorkerCode>().AddSingleton<WorkerTools>().AddSingleton<WorkerStarter>().AddSingleton<WorkerRoom>().AddSingleton<WorkerPools>().AddSingleton<WorkerSignal>();
        services.AddSingleton<FunctionInvoker>();
        services.AddSingleton<InvocationJournal>().AddHostedService(provider => provider.GetRequiredService<InvocationJournal>()); // before the workers: at the end it takes what they leave
        services.AddHostedService<WorkerReaper>();
    }
}
