using System.Net;
using EmbeddedFunctions.Broker;
using EmbeddedFunctions.Broker.Sessions;
using EmbeddedFunctions.Discovery;
using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Hosting;
using EmbeddedFunctions.Http;
using EmbeddedFunctions.Invocation;
using EmbeddedFunctions.Management;
using EmbeddedFunctions.Storage;
using EmbeddedFunctions.Timers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Startup;

/// <summary>Puts the host together on an empty web application: nothing is paid for that is not used.</summary>
internal static class HostSetup
{
    private const int DefaultPort = 7071;

    public static WebApplicationBuilder CreateWebBuilder(string[] args)
    {
        var directory = HostJson.Directory;
        HostJson.ApplyLocalSettings(directory);
        var web = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = args, EnvironmentName = EnvironmentName() });
        HostJson.Add(web.Configuration, directory);
        web.Configuration.AddEnvironmentVariables();
        web.Configuration.AddCommandLine(args);
        ConfigureLogging(web);
        web.WebHost.UseKestrelCore().ConfigureKestrel((_, kestrel) => ConfigureKestrel(kestrel, web.Configuration));
        web.Services.AddRoutingCore();
        web.Services.TryAddSingleton(TimeProvider.System);
        return web;
    }

    public static IHost Build(WebApplicationBuilder web, FunctionApp app)
    {
        var options = HostJsonOptions.From(web.Configuration);
        var catalog = new FunctionCatalog(FunctionDiscovery.Discover(app.Types ?? AppTypes(web.Configuration["Host:Application"])));
        if (!app.Http && catalog.Of(TriggerKind.Http).FirstOrDefault() is { } orphan)
            throw new InvalidOperationException($"{orphan.Name} has an HTTP trigger, but the app does not call ConfigureFunctionsWebApplication.");
        HttpRoutes.RefuseDuplicates(catalog, options.RoutePrefix);

        AddHost(web, options, catalog, new FunctionPipeline(app.Middleware));
        DeferredServices.Defer(web.Services);
        var host = web.Build();
        List<Endpoint> endpoints = [.. host.Services.GetRequiredService<HttpEndpoints>().Build()];
        if (catalog.UsesDurableTasks)
            endpoints.AddRange(host.Services.ManagementRoutes());
        ((IEndpointRouteBuilder)host).DataSources.Add(new DefaultEndpointDataSource(endpoints));
        return new StoppableHost(host);
    }

    private static void AddHost(WebApplicationBuilder web, HostJsonOptions options, FunctionCatalog catalog, FunctionPipeline pipeline)
    {
        var services = web.Services;
        services.Configure<Microsoft.Extensions.Hosting.HostOptions>(o => o.ShutdownTimeout = options.DrainTimeout);
        services.AddSingleton(options).AddSingleton(catalog).AddSingleton(pipeline);
        services.AddSingleton(HostStorageOptions.From(web.Configuration));
        services.AddSingleton<HostDatabase>().AddSingleton<KeyStore>().AddSingleton<IHostStorage, HostStorageProbe>();
        services.AddSingleton<SettingExpansion>().AddSingleton<HostKeys>().AddSingleton<HttpEndpoints>();
        services.AddSingleton<FunctionRunner>().AddSingleton<OutputSender>().AddSingleton<IDurableFunctions, DurableFunctions>();
        AddBroker(services);
        services.AddSingleton<TimerStore>().AddSingleton<TimerService>().AddSingleton<ITimerSignal>(s => s.GetRequiredService<TimerService>());

        // After the app's own hosted services: those bring the data up to date that the functions work on.
        services.AddHostedService<StartBanner>();
        if (catalog.UsesDurableTasks)
            services.AddManagement().AddDurableEngine();
        services.AddHostedService<BrokerService>().AddHostedService(s => s.GetRequiredService<TimerService>());
    }

    private static void AddBroker(IServiceCollection services)
    {
        services.AddSingleton<MessageStore>().AddSingleton<MessageWriter>().AddSingleton<SessionStore>().AddSingleton<ScheduledMessages>().AddSingleton<MessageUpkeep>();
        services.AddSingleton<Completions>().AddSingleton<Subscriptions>().AddSingleton<BrokerNotifications>();
        services.AddSingleton<MessageBroker>().AddSingleton<IMessageSender>(s => s.GetRequiredService<MessageBroker>());
        services.AddSingleton(s => new PumpServices(
            s.GetRequiredService<MessageStore>(),
            s.GetRequiredService<SessionStore>(),
            s.GetRequiredService<Completions>(),
            s.GetRequiredService<FunctionRunner>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<MessagePump>>()));
    }

    private static IEnumerable<Type> AppTypes(string? application) => FunctionAssemblies.Find(application).SelectMany(a => a.GetExportedTypes());

    private static string EnvironmentName() =>
        Environment.GetEnvironmentVariable("AZURE_FUNCTIONS_ENVIRONMENT")
        ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT")
        ?? Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT")
        ?? Environments.Production;

    private static void ConfigureLogging(WebApplicationBuilder web)
    {
        web.Logging.AddConfiguration(web.Configuration.GetSection($"{HostJson.Section}:logging"));
        web.Logging.AddConfiguration(web.Configuration.GetSection("Logging"));
        web.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
    }

    private static void ConfigureKestrel(KestrelServerOptions kestrel, ConfigurationManager configuration)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = null; // the app knows how much each of its operations takes
        configuration.GetSection("Host:Http:Limits").Bind(kestrel.Limits);

        var chosen = configuration["port"] ?? configuration["Host:Http:Port"];
        if (chosen is null && !string.IsNullOrEmpty(configuration[WebHostDefaults.ServerUrlsKey]))
            return;

        var port = chosen is null ? DefaultPort : int.Parse(chosen);
        Listen(kestrel, configuration["Host:Http:Address"] ?? "localhost", port);
    }

    private static void Listen(KestrelServerOptions kestrel, string address, int port)
    {
        if (address is "*" or "+" or "0.0.0.0")
            kestrel.ListenAnyIP(port);
        else if (address != "localhost")
            kestrel.Listen(IPAddress.Parse(address), port);
        else if (port == 0)
            kestrel.Listen(IPAddress.Loopback, 0); // Kestrel has no free port common to both loopback addresses
        else
            kestrel.ListenLocalhost(port);
    }
}
