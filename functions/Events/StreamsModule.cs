using Microsoft.Extensions.DependencyInjection;

namespace Platform.Functions.Events;

internal static class StreamsModule
{
    public static IServiceCollection AddStreams(this IServiceCollection services) =>
        services
        .AddSingleton<StreamRegistry>().AddSingleton<StreamAccess>().AddSingleton<StreamLoop>()
        .AddSingleton<ExecutionMessages>().AddScoped<ExecutionStream>().AddScoped<NotificationStream>();
}
