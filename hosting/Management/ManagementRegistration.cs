using EmbeddedFunctions.Hosting;
using EmbeddedFunctions.Management.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace EmbeddedFunctions.Management;

/// <summary>Adds what operators need beside the durable engine.</summary>
internal static class ManagementRegistration
{
    /// <summary>Comes before the engine: the addresses are known before any instance can run.</summary>
    public static IServiceCollection AddManagement(this IServiceCollection services)
    {
        services.AddSingleton<ManagementUrls>().AddHostedService(s => s.GetRequiredService<ManagementUrls>());
        services.AddSingleton<InstanceQueries>().AddSingleton<InstanceCommands>().AddSingleton<InstanceStarts>().AddSingleton<EntityRequests>();
        services.AddSingleton<OperatorActions>().AddSingleton<OperatorEndpoints>();
        return services.AddSingleton<ManagementEndpoints>();
    }

    /// <summary>The API and, where the app knows operators, the pages.</summary>
    public static IEnumerable<Endpoint> ManagementRoutes(this IServiceProvider services)
    {
        var pages = services.GetService<IOperatorAccess>() is null ? [] : services.GetRequiredService<OperatorEndpoints>().Build();
        return services.GetRequiredService<ManagementEndpoints>().Build().Concat(pages);
    }
}
