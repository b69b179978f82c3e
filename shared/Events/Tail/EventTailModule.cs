using Microsoft.Extensions.DependencyInjection;

namespace Platform.Events;

public static class EventTailModule
{
    /// <summary>Registers what event streams are fed by.</summary>
    public static IServiceCollection AddEventTail(this IServiceCollection services)
    {
        services.AddSection<StreamOptions>(StreamOptions.Section);
        services.AddSingleton<EventTail>();
        services.AddHostedService(provider => provider.GetRequiredService<EventTail>());
        return services;
    }
}
