using System.Net;
using EmbeddedFunctions.Storage;
using EmbeddedFunctions.Worker.Middleware;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
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

    public static IHost Build(WebApplicationBuilder web, List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware, bool http)
    {
        _ = middleware;
        _ = http;
        web.Services.AddSingleton(HostStorageOptions.From(web.Configuration));
        DeferredServices.Defer(web.Services);
        return web.Build();
    }

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
