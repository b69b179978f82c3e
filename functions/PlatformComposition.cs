using Microsoft.Extensions.DependencyInjection;
using Platform.Admin;
using Platform.Agents;
using Platform.Alertmanager;
using Platform.Alerts;
using Platform.Audit;
using Platform.Blobs;
using Platform.Builds;
using Platform.Dashboards;
using Platform.Data;
using Platform.Databases;
using Platform.Domains;
using Platform.Events;
using Platform.Executions;
using Platform.Functions.Audit;
using Platform.Functions.Builds;
using Platform.Functions.ConsolePages;
using Platform.Functions.Dashboards;
using Platform.Functions.Databases;
using Platform.Functions.Documentation;
using Platform.Functions.Events;
using Platform.Functions.Executions;
using Platform.Functions.Hosts;
using Platform.Functions.Identity;
using Platform.Functions.Metrics;
using Platform.Functions.Organizations;
using Platform.Functions.Pages;
using Platform.Functions.UserFunctions;
using Platform.Health;
using Platform.Idempotency;
using Platform.Identity.OAuth;
using Platform.Mail;
using Platform.Metrics;
using Platform.Notifications;
using Platform.Organizations;
using Platform.Outbound;
using Platform.Quotas;
using Platform.Replay;
using Platform.Sandbox;
using Platform.Scripts;
using Platform.Secrets;
using Platform.UserFunctions;
using Platform.UserSettings;
using Platform.Variables;
using Platform.Webhooks;

namespace Platform.Functions;

/// <summary>What the app consists of: one line per area, then the HTTP pipeline. Tests compose the same app.</summary>
public static class PlatformComposition
{
    public static FunctionsApplicationBuilder AddPlatform(this FunctionsApplicationBuilder builder)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        services.AddSingleton(OperationCatalog.FromAssemblies(typeof(PlatformComposition).Assembly));

        services.AddPlatformData(configuration);
        services.AddHostAdapters(configuration);
        services.AddAudit();
        services.AddIdentity(configuration);
        services.AddOAuth();
        services.AddOrganizations();
        services.AddAdmin();
        services.AddRateLimits(configuration);
        services.AddIdempotency();
        services.AddSecrets();
        services.AddBlobs();
        services.AddOutbound();
        services.AddMail();
        services.AddQuotas();
        services.AddExecutions(); // before the sandbox: at the end what it runs has to end first
        services.AddSandbox(configuration);
        services.AddHealth();
        services.AddDocumentation();
        services.AddEventTail();
        services.AddNotifications();
        services.AddAlertmanager();
        services.AddVariables();
        services.AddUserSettings();
        services.AddScripts();
        services.AddAgents();
        services.AddReplay();
        AddDelivery(services);

        AddFaces(services);
        services.AddHttpPipeline();
        builder.UseHttpPipeline();
        return builder;
    }

    private static void AddDelivery(IServiceCollection services)
    {
        services.AddDomains();
        services.AddTimeSeries();
        services.AddAlerts();
        services.AddWebhooks();
        services.AddDatabases();
        services.AddDashboards();
        services.AddBuilds();
        services.AddUserFunctions();
    }

    // What the functions themselves consist of.
    private static void AddFaces(IServiceCollection services)
    {
        services.AddSingleton<SessionCookies>();
        services.AddSingleton<OAuthCookie>();
        services.AddSingleton<SessionCredentials>();
        services.AddSingleton<TokenCredentials>();
        services.AddSingleton<TokenUseRecorder>();
        services.AddSingleton<DevTokenViews>();
        services.AddScoped<DeliveryTeam>();
        services.AddScoped<PageSignIn>();
        services.AddConsole();
        services.AddScoped<DatabaseViews>();
        services.AddSingleton<ExecutionPageFiles>();
        services.AddScoped<ExecutionPage>();
        services.AddSingleton<ReportCache>();
        services.AddScoped<IDashboardPart, ActivityDashboard>();
        services.AddScoped<DashboardReport>();
        services.AddScoped<BuildPlace>().AddScoped<BuildBadge>().AddScoped<BuildLogStream>();
        services.AddScoped<FunctionDetail>().AddScoped<FunctionUrlCalls>().AddSingleton<IHostRoutes, DomainCalls>();
        services.AddScoped<FunctionFigures>();
        services.AddStreams();
    }
}
