using Microsoft.Extensions.DependencyInjection;

namespace Platform.Functions.ConsolePages;

internal static class ConsoleModule
{
    /// <summary>Registers the console's pages.</summary>
    public static IServiceCollection AddConsole(this IServiceCollection services)
    {
        services.AddSingleton<ConsoleFiles>();
        services.AddScoped<ConsoleDoor>().AddScoped<ProjectPages>();
        services.AddScoped<BuildPages>().AddScoped<FunctionPages>().AddScoped<DatabasePages>().AddScoped<AlertPages>().AddScoped<MetricPages>().AddScoped<WebhookPages>();
        return services;
    }
}
